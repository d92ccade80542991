/** Who a request comes from, as its token says. A request without a token has none. */
export interface RequestIdentity {
  /** The claim `sub`. */
  readonly subject: string | undefined;
  /** The name under which others know the subject, as `usernameClaim` says. */
  readonly username?: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly policies: ReadonlySet<string>;
}
