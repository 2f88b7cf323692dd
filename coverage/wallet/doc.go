// Package wallet holds the keys of owners: accounts of an EVM chain, the files that
// keep them (keystore, version 3), recovery words, and the signatures that owners
// put under a site (EIP-712).
//
// It speaks to no chain and shows no secret: a Key prints as its account.
package wallet
