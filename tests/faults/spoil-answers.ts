import type { SpoilAnswer } from './fault-proxy.ts';

/** What a broken service answers by HTTP, in turn. None of it can be taken for the truth. */
const wrongAnswers: readonly string[] = [
  respond(200, 'application/json', '{"data":{"us'),
  respond(200, 'application/json', '{"data":7}'),
  respond(500, 'text/html', '<h1>TypeError at /srv/app/server.js:17</h1>'),
  respond(200, 'application/json', '{"neither":"data","nor":"errors"}'),
  respond(200, 'text/html', '<!doctype html><title>Welcome</title>'),
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"data":{',
  'no HTTP at all\r\n\r\n',
  respond(200, 'application/json', '[]'),
];

function respond(status: number, type: string, body: string): string {
  return (
    `HTTP/1.1 ${status} X\r\ncontent-type: ${type}\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  );
}

/** Answers something wrong in the place of each answer of a service, another one each time. */
export function makeWrongAnswers(): SpoilAnswer {
  let turn = 0;
  return () => {
    const text = wrongAnswers[turn % wrongAnswers.length] ?? '';
    turn += 1;
    return { bytes: Buffer.from(text), isLast: true };
  };
}

/** Turns bits of what a database answers: lengths, types and values are all wrong. */
export function makeBitErrors(): SpoilAnswer {
  return (bytes) => {
    const spoilt = Buffer.from(bytes);
    for (let at = 0; at < spoilt.length; at += 3) spoilt[at] = (spoilt[at] ?? 0) ^ 0x5a;
    return { bytes: spoilt, isLast: false };
  };
}
