/* SPDX-License-Identifier: MIT */
/*
 * Answering a system call of the guest in QEMU's place. A plugin is only told
 * of a call before QEMU does it and after; bridge_answer() returns from QEMU's
 * own function to that one's caller, as if QEMU had done the call.
 */
#ifndef FAUXKVM_SHIM_BRIDGE_ANSWER_H
#define FAUXKVM_SHIM_BRIDGE_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

/* In the callback before a call and in the one after it, until the way to
 * return is known. */
void bridge_answer_learn_before(void);
void bridge_answer_learn_after(void);
extern bool bridge_answer_known;

/* In the callback before a call. Returns only if the way is not found, and then
 * has done nothing. @value: what the guest finds in x0; or -SIG_RESTART (sig.h):
 * QEMU delivers the signals it has and the guest makes the call again. */
void bridge_answer(int64_t value);

#endif
