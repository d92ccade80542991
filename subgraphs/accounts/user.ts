/** The kinds of mistakes in this service's mutations; see the schema. */
export type AccountErrorCode = 'USERNAME_TAKEN' | 'EMAIL_TAKEN' | 'INVALID_VALUE' | 'USER_NOT_FOUND';

/** Something that the caller can mend. */
export interface AccountError {
  readonly code: AccountErrorCode;
  readonly message: string;
  readonly field: string | null;
}

/** An address as it comes in. */
export interface AddressInput {
  readonly label: string;
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
}

/** A new user as it comes in. */
export interface RegisterUserInput {
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly addresses: readonly AddressInput[];
}

/** A change of a user as it comes in; what is absent or null stays. */
export interface UpdateUserInput {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly addresses?: readonly AddressInput[] | null;
}

const addressesMax = 10;

/** Brings a new user into the form in which it is kept. */
export function normaliseUser(input: RegisterUserInput): RegisterUserInput {
  return {
    username: input.username.trim().toLowerCase(),
    name: input.name.trim(),
    email: input.email.trim().toLowerCase(),
    addresses: input.addresses.map(normaliseAddress),
  };
}

/** Brings an address into the form in which it is kept. */
export function normaliseAddress(address: AddressInput): AddressInput {
  return {
    label: address.label.trim(),
    street: address.street.trim(),
    city: address.city.trim(),
    postalCode: address.postalCode.trim(),
    country: address.country.toUpperCase(),
  };
}

/** What is wrong with a new user, in its kept form. */
export function checkNewUser(user: RegisterUserInput): AccountError[] {
  return [
    ...(/^[a-z0-9._-]{3,30}$/.test(user.username)
      ? []
      : [
          invalid(
            'username',
            user.username,
            '3 to 30 characters, each a letter, a digit, a dot, a dash or an underscore',
          ),
        ]),
    ...checkLength('name', user.name, 100),
    ...checkAddresses(user.addresses),
  ];
}

/** What is wrong with a change of a user, in its kept form. */
export function checkChange(change: Pick<UpdateUserInput, 'name' | 'addresses'>): AccountError[] {
  return [
    ...(typeof change.name === 'string' ? checkLength('name', change.name, 100) : []),
    ...checkAddresses(change.addresses ?? []),
  ];
}

function checkAddresses(addresses: readonly AddressInput[]): AccountError[] {
  if (addresses.length > addressesMax)
    return [
      {
        ...invalid('addresses', '', `at most ${addressesMax}`),
        message: `There are ${addresses.length} addresses; expected at most ${addressesMax}.`,
      },
    ];
  return addresses.flatMap((address, index) => [
    ...checkLength(`addresses.${index}.label`, address.label, 50),
    ...checkLength(`addresses.${index}.street`, address.street, 200),
    ...checkLength(`addresses.${index}.city`, address.city, 100),
    ...checkLength(`addresses.${index}.postalCode`, address.postalCode, 20),
  ]);
}

function checkLength(field: string, value: string, lengthMax: number): AccountError[] {
  return value.length >= 1 && value.length <= lengthMax
    ? []
    : [invalid(field, value, `1 to ${lengthMax} characters`)];
}

function invalid(field: string, value: string, expected: string): AccountError {
  const shown = JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return { code: 'INVALID_VALUE', field, message: `"${field}" is ${shown}; expected ${expected}.` };
}
