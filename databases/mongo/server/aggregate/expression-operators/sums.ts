import { Decimal128, Double, Long } from 'bson';
import { CommandError } from '../../command-error.ts';
import { addNumbers } from '../../values/arithmetic.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';

/** Adds doubles and keeps what each sum rounds away (Knuth's two-sum), as MongoDB does: ten times 0.1 is 1. */
class DoubleSum {
  private sum = 0;
  private rest = 0;

  add(value: number): void {
    const sum = this.sum + value;
    const added = sum - this.sum;
    this.rest += this.sum - (sum - added) + (value - added);
    this.sum = sum;
  }

  get value(): number {
    const total = this.sum + this.rest;
    // Of an infinity nothing is rounded away, and the rest is no number.
    return Number.isNaN(total) ? this.sum : total;
  }
}

/** The sum of the numbers among some values, others passed over. */
export function sumOf(values: readonly unknown[]): unknown {
  let integers: unknown = 0;
  let decimals: unknown = null;
  let doubles: DoubleSum | null = null;
  for (const value of values) {
    if (!isNumeric(value)) continue;
    if (value instanceof Decimal128) {
      decimals = decimals === null ? value : addNumbers(decimals, value);
    } else if (value instanceof Long || bsonTypeOf(value) === 'int') {
      const sum = addNumbers(integers, value);
      if (sum === null) {
        doubles ??= new DoubleSum();
        doubles.add(Number(integers));
      }
      integers = sum ?? value;
    } else {
      doubles ??= new DoubleSum();
      doubles.add(Number(value));
    }
  }
  if (doubles === null) return decimals === null ? integers : addNumbers(decimals, integers);
  doubles.add(Number(integers));
  return decimals === null ? doubles.value : addNumbers(decimals, new Double(doubles.value));
}

/** The mean of the numbers among some values, `null` when there is none. */
export function averageOf(values: readonly unknown[]): unknown {
  const numbers = values.filter(isNumeric);
  if (numbers.length === 0) return null;
  if (numbers.some((value) => value instanceof Decimal128)) {
    throw new CommandError('NotImplemented', '$avg of decimals is not supported by the development server');
  }
  return Number(sumOf(numbers)) / numbers.length;
}

/** The standard deviation of the numbers among some values; `null` of none, and of one where they are a sample. */
export function deviationOf(values: readonly unknown[], isSample: boolean): number | null {
  const numbers = values.filter(isNumeric).map(Number);
  const count = isSample ? numbers.length - 1 : numbers.length;
  if (count < 1) return null;
  const mean = Number(averageOf(numbers));
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
}
