import { Decimal128, Double, Long } from 'bson';
import { CommandError } from '../command-error.ts';
import { bsonTypeOf } from './bson-type.ts';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

type NumberKind = 'int' | 'long' | 'double' | 'decimal';

function kindOf(value: unknown): NumberKind {
  const type = bsonTypeOf(value);
  if (type === 'int' || type === 'long' || type === 'double' || type === 'decimal') return type;
  throw new CommandError('TypeMismatch', `Expected a number, found ${type}`);
}

function bigintOf(value: unknown): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(Number(value));
}

interface DecimalNumber {
  readonly coefficient: bigint;
  readonly exponent: number;
}

function decimalOf(value: unknown): DecimalNumber {
  // MongoDB takes fifteen digits of a double into a decimal.
  const isDouble = kindOf(value) === 'double';
  const text = isDouble ? Number(value).toPrecision(15) : String(value);
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) {
    throw new CommandError(
      'NotImplemented',
      `Decimal arithmetic with ${text} is not supported by the development server`,
    );
  }
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = match;
  return {
    coefficient: BigInt(`${sign}${whole}${fraction}`),
    exponent: Number(exponent) - fraction.length,
  };
}

function toDecimal({ coefficient, exponent }: DecimalNumber): Decimal128 {
  return Decimal128.fromStringWithRounding(`${coefficient}E${exponent}`);
}

function addDecimals(left: DecimalNumber, right: DecimalNumber): Decimal128 {
  const exponent = Math.min(left.exponent, right.exponent);
  const scaled = ({ coefficient, exponent: own }: DecimalNumber): bigint =>
    coefficient * 10n ** BigInt(own - exponent);
  return toDecimal({ coefficient: scaled(left) + scaled(right), exponent });
}

function multiplyDecimals(left: DecimalNumber, right: DecimalNumber): Decimal128 {
  return toDecimal({
    coefficient: left.coefficient * right.coefficient,
    exponent: left.exponent + right.exponent,
  });
}

/** A double that stays a double when it is written, even when it has no fraction. */
function doubleResult(value: number): number | Double {
  const stored = bsonTypeOf(value);
  return stored === 'double' ? value : new Double(value);
}

/** An integer result in the narrowest type that both operands allow; `null` beyond int64. */
function integerResult(value: bigint, kinds: readonly NumberKind[]): number | Long | null {
  const isInt32 = value <= 2_147_483_647n && value >= -2_147_483_648n;
  if (isInt32 && !kinds.includes('long')) return Number(value);
  if (value > INT64_MAX || value < INT64_MIN) return null;
  return Long.fromBigInt(value);
}

function combine(
  left: unknown,
  right: unknown,
  operations: {
    readonly decimal: (left: DecimalNumber, right: DecimalNumber) => Decimal128;
    readonly double: (left: number, right: number) => number;
    readonly integer: (left: bigint, right: bigint) => bigint;
  },
): unknown {
  const kinds = [kindOf(left), kindOf(right)];
  if (kinds.includes('decimal')) return operations.decimal(decimalOf(left), decimalOf(right));
  if (kinds.includes('double')) {
    return doubleResult(operations.double(Number(left), Number(right)));
  }
  return integerResult(operations.integer(bigintOf(left), bigintOf(right)), kinds);
}

/** The sum in MongoDB's result type; `null` when two integers overflow int64. */
export function addNumbers(left: unknown, right: unknown): unknown {
  // Nearly every sum is of two small integers.
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (Number.isInteger(left) && Number.isInteger(right) && bsonTypeOf(sum) === 'int') return sum;
  }
  return combine(left, right, {
    decimal: addDecimals,
    double: (a, b) => a + b,
    integer: (a, b) => a + b,
  });
}

/** The product in MongoDB's result type; `null` when two integers overflow int64. */
export function multiplyNumbers(left: unknown, right: unknown): unknown {
  return combine(left, right, {
    decimal: multiplyDecimals,
    double: (a, b) => a * b,
    integer: (a, b) => a * b,
  });
}

/** The number with its sign turned. */
export function negateNumber(value: unknown): unknown {
  return multiplyNumbers(value, -1);
}
