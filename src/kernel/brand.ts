declare const brand: unique symbol

/** A `Base` that cannot be mixed up with another: `type UserId = Brand<bigint, 'UserId'>`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name }
