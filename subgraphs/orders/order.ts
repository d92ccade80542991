/** The kinds of mistakes in this service's mutations; see the schema. */
export type OrderErrorCode =
  'INVALID_VALUE' | 'PRODUCT_NOT_FOUND' | 'PRICE_CHANGED' | 'ORDER_NOT_FOUND' | 'NOT_CANCELLABLE';

/** Something that the caller can mend. */
export interface OrderError {
  readonly code: OrderErrorCode;
  readonly message: string;
  readonly field: string | null;
}

/** An order as it comes in. */
export interface PlaceOrderInput {
  readonly items: readonly PlaceOrderItemInput[];
  readonly clientReference?: string | null;
}

/** Some pieces of one product as they come in. */
export interface PlaceOrderItemInput {
  readonly productId: string;
  readonly quantity: number;
  readonly expectedUnitPrice?: { readonly amount: number; readonly currency: string } | null;
}

/** A product in this service's price list. */
export interface ListedProduct {
  readonly productId: string;
  readonly name: string;
  readonly unitPriceAmount: number;
  readonly currency: string;
}

/** An item with the price at which it is ordered. */
export interface PricedItem {
  readonly position: number;
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPriceAmount: number;
}

/** An order that can be written down. */
export interface PricedOrder {
  readonly items: readonly PricedItem[];
  readonly quantity: number;
  readonly totalAmount: number;
  readonly currency: string;
}

const itemsMax = 50;
const quantityMax = 1_000;
/** GraphQL's Int and the column hold no more. */
const amountMax = 2_147_483_647;

/** The number of the order that is the `sequence`th. */
export function numberOfOrder(sequence: number): string {
  return `FH-${String(sequence).padStart(7, '0')}`;
}

/** The place in the sequence that an order's number stands for; undefined when it is no number of an order. */
export function sequenceOfNumber(number: string): number | undefined {
  const match = /^FH-(\d{7,10})$/.exec(number);
  const sequence = Number(match?.[1]);
  return match && sequence >= 1 && sequence <= amountMax && numberOfOrder(sequence) === number
    ? sequence
    : undefined;
}

/** What is wrong with an order before its prices are known. */
export function checkOrder(input: PlaceOrderInput): OrderError[] {
  const { items, clientReference } = input;
  const errors: OrderError[] = [];
  if (items.length < 1 || items.length > itemsMax)
    errors.push(invalid('items', `There are ${items.length} items; expected 1 to ${itemsMax}.`));
  if (typeof clientReference === 'string' && (clientReference.length < 1 || clientReference.length > 100))
    errors.push(
      invalid(
        'clientReference',
        `"clientReference" has ${clientReference.length} characters; expected 1 to 100.`,
      ),
    );
  const seen = new Set<string>();
  for (const [index, { productId, quantity }] of items.slice(0, itemsMax).entries()) {
    if (quantity > quantityMax)
      errors.push(
        invalid(`items.${index}.quantity`, `The quantity is ${quantity}; expected at most ${quantityMax}.`),
      );
    if (seen.has(productId))
      errors.push(
        invalid(
          `items.${index}.productId`,
          `The product ${JSON.stringify(productId)} is in the order twice; expected one item for each product.`,
        ),
      );
    seen.add(productId);
  }
  return errors;
}

/** Prices an order by the price list, or tells why it cannot be. */
export function priceOrder(
  input: PlaceOrderInput,
  listed: ReadonlyMap<string, ListedProduct>,
): { readonly order: PricedOrder } | { readonly errors: readonly OrderError[] } {
  const errors = input.items.flatMap((item, index) => checkPrice(item, index, listed.get(item.productId)));
  if (errors.length > 0) return { errors };
  const items = input.items.flatMap(({ productId, quantity }, index) => {
    const product = listed.get(productId);
    return product
      ? [
          {
            position: index + 1,
            productId,
            name: product.name,
            quantity,
            unitPriceAmount: product.unitPriceAmount,
          },
        ]
      : [];
  });
  const currencies = new Set(input.items.map((item) => listed.get(item.productId)?.currency ?? ''));
  const [currency = ''] = currencies;
  if (currencies.size > 1)
    return {
      errors: [
        invalid('items', `The prices are in ${[...currencies].join(' and ')}; expected one currency.`),
      ],
    };
  const totalAmount = items.reduce((sum, item) => sum + item.quantity * item.unitPriceAmount, 0);
  if (totalAmount > amountMax)
    return { errors: [invalid('items', `The total is ${totalAmount}; expected at most ${amountMax}.`)] };
  return {
    order: { items, quantity: items.reduce((sum, item) => sum + item.quantity, 0), totalAmount, currency },
  };
}

function checkPrice(
  { productId, expectedUnitPrice }: PlaceOrderItemInput,
  index: number,
  product: ListedProduct | undefined,
): OrderError[] {
  if (!product)
    return [
      {
        code: 'PRODUCT_NOT_FOUND',
        field: `items.${index}.productId`,
        message: `There is no product with the id ${JSON.stringify(productId)}.`,
      },
    ];
  const { unitPriceAmount, currency } = product;
  if (
    !expectedUnitPrice ||
    (expectedUnitPrice.amount === unitPriceAmount && expectedUnitPrice.currency.toUpperCase() === currency)
  )
    return [];
  return [
    {
      code: 'PRICE_CHANGED',
      field: `items.${index}.expectedUnitPrice`,
      message: `One piece of ${JSON.stringify(productId)} costs ${unitPriceAmount} ${currency}, not ${expectedUnitPrice.amount} ${expectedUnitPrice.currency}.`,
    },
  ];
}

function invalid(field: string, message: string): OrderError {
  return { code: 'INVALID_VALUE', field, message };
}
