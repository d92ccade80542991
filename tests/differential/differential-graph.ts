import type { SubgraphData } from '../support/declarative-subgraph.ts';

/** A supergraph for the differential run. */
export interface DifferentialGraph {
  readonly name: string;
  readonly sdlByName: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, SubgraphData>>;
  /** Values for an argument or input field by its name, or by the name of its type. */
  readonly argumentValues: Readonly<Record<string, readonly unknown[]>>;
  /** Names that a client may give as aliases to lead an engine astray: keys and required fields. */
  readonly hostileNames: readonly string[];
  /** Where the graph has an interface object, for the fault of the stock engine that hangs on it. */
  readonly interfaceObject?: {
    /** The fields that interface objects add. */
    readonly fields: readonly string[];
    /** Types of the interface, and fields that lead to one of them: either narrows the interface. */
    readonly narrowing: readonly string[];
    /** The fields that lead to an object of the interface, or to an object that a missing one takes along. */
    readonly leads: readonly string[];
  };
  /** Root fields that are left out, each with its reason. */
  readonly rootFieldsLeftOut?: Readonly<Record<string, string>>;
}
