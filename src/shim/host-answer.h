/* SPDX-License-Identifier: MIT */
/*
 * Registers of the calling frames, by this host, for bridge-answer.c.
 */
#ifndef FAUXKVM_SHIM_HOST_ANSWER_H
#define FAUXKVM_SHIM_HOST_ANSWER_H

#if defined(__x86_64__)
#include "shim/host-x86-64-answer.h"
#else
#error "no host-<architecture>-answer.h for this architecture"
#endif

#endif
