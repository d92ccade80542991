import { leavesUnder } from './categories.ts';
import { type Random, randomFor } from './random.ts';
import { instantAt, placeOf } from './sizes.ts';
import {
  apparelStyles,
  brands,
  colours,
  firstNames,
  lastNames,
  materials,
  titleAdjectives,
  titleNouns,
} from './words.ts';

interface ProductBase {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  /** In cents. */
  readonly priceAmount: number;
  readonly currency: 'EUR';
  /** In grams. */
  readonly weight: number;
  readonly imageUrl: string;
  readonly addedAt: string;
  readonly categoryId: string;
}

/** A book of the sample shop. */
export interface ShopBook extends ProductBase {
  readonly kind: 'BOOK';
  readonly author: string;
  readonly isbn: string;
  readonly pages: number;
}

/** A device of the sample shop. */
export interface ShopDevice extends ProductBase {
  readonly kind: 'DEVICE';
  readonly brand: string;
  readonly specs: readonly { readonly name: string; readonly value: string }[];
  readonly warrantyMonths: number;
}

/** A piece of apparel of the sample shop. */
export interface ShopApparel extends ProductBase {
  readonly kind: 'APPAREL';
  readonly sizes: readonly string[];
  readonly colour: string;
  readonly material: string;
}

/** A product of the sample shop. */
export type ShopProduct = ShopBook | ShopDevice | ShopApparel;

const bookCategories = leavesUnder('category-books');
const deviceCategories = leavesUnder('category-electronics');
const apparelCategories = leavesUnder('category-apparel');
const allSizes = ['XS', 'S', 'M', 'L', 'XL', 'XXL'];

/** The product at `index`, which counts from 1: of ten, five are books, three devices and two apparel. */
export function productAt(index: number): ShopProduct {
  const { part, place } = placeOf('products', index);
  const random = randomFor('product', index);
  const common = {
    id: `product-${index}`,
    sku: `SKU-${String(index).padStart(6, '0')}`,
    currency: 'EUR' as const,
    imageUrl: `https://images.example.com/products/${index}.jpg`,
    addedAt: instantAt(place * 600 + part * 11 + random.between(0, 9)),
  };
  const turn = index % 10;
  if (turn < 5) return { ...common, ...bookOf(index, random) };
  return turn < 8 ? { ...common, ...deviceOf(random) } : { ...common, ...apparelOf(random) };
}

type Own<Product extends ShopProduct> = Omit<Product, 'id' | 'sku' | 'currency' | 'imageUrl' | 'addedAt'>;

function bookOf(index: number, random: Random): Own<ShopBook> {
  const category = random.pick(bookCategories);
  const pages = random.between(96, 720);
  const author = `${random.pick(firstNames)} ${random.pick(lastNames)}`;
  return {
    kind: 'BOOK',
    name: `The ${random.pick(titleAdjectives)} ${random.pick(titleNouns)}`,
    description: `${category.name} by ${author}, ${pages} pages, paperback.`,
    priceAmount: random.between(8, 38) * 100 + 99,
    weight: 120 + pages,
    categoryId: category.id,
    author,
    isbn: isbnOf(index),
    pages,
  };
}

function deviceOf(random: Random): Own<ShopDevice> {
  const category = random.pick(deviceCategories);
  const brand = random.pick(brands);
  const noun = category.name === 'Storage' ? 'Drive' : category.name.replace(/s$/, '');
  const name = `${brand} ${noun} ${random.pick(['One', 'Pro', 'Mini', 'Max', 'Go'])} ${random.between(2, 9)}`;
  return {
    kind: 'DEVICE',
    name,
    description: `${noun} by ${brand}, with everything in the box that is needed to begin.`,
    priceAmount: random.between(24, 890) * 100,
    weight: random.between(150, 6_500),
    categoryId: category.id,
    brand,
    specs: [
      { name: 'Power', value: `${random.between(5, 120)} W` },
      { name: 'Cable', value: `${random.between(1, 3)} m` },
      { name: 'Colour', value: random.pick(colours) },
    ],
    warrantyMonths: random.pick([12, 24, 36]),
  };
}

function apparelOf(random: Random): Own<ShopApparel> {
  const category = random.pick(apparelCategories);
  const colour = random.pick(colours);
  const material = random.pick(materials);
  const from = random.between(0, 2);
  return {
    kind: 'APPAREL',
    name: `${random.pick(apparelStyles)} ${category.name} in ${colour}`,
    description: `${category.name} made of ${material}, dyed ${colour}.`,
    priceAmount: random.between(15, 180) * 100 + 50,
    weight: random.between(120, 1_400),
    categoryId: category.id,
    sizes: allSizes.slice(from, from + random.between(2, 4)),
    colour,
    material,
  };
}

/** A valid ISBN-13: its last digit is the check digit. */
function isbnOf(index: number): string {
  const digits = `978${String(100_000_000 + index * 37).slice(-9)}`;
  const sum = Array.from(digits).reduce(
    (total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 1 : 3),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
