import type { Decimal128 } from 'bson';

const DECIMAL = /^(-?)(\d*)(?:\.(\d*))?(?:E([+-]?\d+))?$/i;

/** A finite decimal as `coefficient * 10^exponent`. */
interface DecimalParts {
  readonly coefficient: bigint;
  readonly exponent: number;
}

function partsOf(text: string): DecimalParts | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const coefficient = BigInt(`${sign}${whole}${fraction}` || '0');
  return { coefficient, exponent: Number(exponent) - fraction.length };
}

/** A finite double as the integer `mantissa * 2^exponent`. */
function binaryPartsOf(value: number): { mantissa: bigint; exponent: number } {
  let exponent = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent -= 1;
  }
  return { mantissa: BigInt(scaled), exponent };
}

/**
 * The double nearest to a decimal, and what the decimal has beyond it. The residue is zero exactly
 * when MongoDB calls the two equal: 1.5 is, 0.1 is not, because no double is exactly 0.1.
 */
export function exactDecimal(value: Decimal128): { nearest: number; residue: number } {
  const text = value.toString();
  const parts = partsOf(text);
  const nearest = Number(text);
  if (parts === null || !Number.isFinite(nearest) || parts.coefficient === 0n) {
    return { nearest, residue: 0 };
  }
  // Far below the doubles, the residue is the whole value; its sign is all that ordering needs.
  if (nearest === 0) return { nearest: 0, residue: parts.coefficient < 0n ? -5e-324 : 5e-324 };
  const double = binaryPartsOf(nearest);
  const tens = 10n ** BigInt(Math.max(0, -parts.exponent));
  const twos = 2n ** BigInt(Math.max(0, -double.exponent));
  const left = parts.coefficient * 10n ** BigInt(Math.max(0, parts.exponent)) * twos;
  const right = double.mantissa * tens;
  const difference = left - right;
  if (difference === 0n) return { nearest, residue: 0 };
  // Scaled so that the quotient keeps seventeen digits, and never rounds to zero.
  const quotient = Number((difference * 10n ** 40n) / (tens * twos)) / 1e40;
  const smallest = difference < 0n ? -5e-324 : 5e-324;
  return { nearest, residue: quotient === 0 ? smallest : quotient };
}
