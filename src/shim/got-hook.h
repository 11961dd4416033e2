/* SPDX-License-Identifier: MIT */
/*
 * Redirecting the main program's calls of a library function, by its own
 * relocation table. For a library that was loaded too late to interpose the
 * symbol.
 */
#ifndef FAUXKVM_SHIM_GOT_HOOK_H
#define FAUXKVM_SHIM_GOT_HOOK_H

/* The number of slots redirected (0: the program does not import @symbol), or
 * a negative errno. */
int got_hook(const char *symbol, void *replacement);

#endif
