import { RequestError } from '../errors.ts';

/** Counts requests in flight, and sheds those over the limit before anything was spent on them. */
export interface InFlightLimit {
  readonly inFlight: number;
  /** Takes a place and answers how to give it back (safe to call twice). Throws OVERLOADED when there is none. */
  enter(): () => void;
}

/** How long a shed client is told to wait, in seconds: a full gateway has worked its requests off well before. */
const retryAfterS = 1;

/** Makes the limit; `max` 0 only counts. */
export function makeInFlightLimit(max: number): InFlightLimit {
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    enter() {
      if (max > 0 && inFlight >= max) {
        throw new RequestError('OVERLOADED', 'The gateway is busy; try again.', { retryAfterS });
      }
      inFlight += 1;
      let isHeld = true;
      return () => {
        if (isHeld) inFlight -= 1;
        isHeld = false;
      };
    },
  };
}
