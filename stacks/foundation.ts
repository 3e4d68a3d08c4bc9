import type * as pulumi from "@pulumi/pulumi";
import type { Contract } from "./contract";

type Lent = Pick<Contract, "network" | "ingress" | "cluster" | "namespace" | "repositories">;

/**
 * What services stand on: what a base has made, or what a branch has read from its base's contract. Whoever builds on it cannot tell
 * which.
 */
export type Foundation = { readonly [Part in keyof Lent]: { readonly [Key in keyof Lent[Part]]: pulumi.Input<Lent[Part][Key]> } };
