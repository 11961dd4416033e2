/* SPDX-License-Identifier: MIT */
/* What insn-runner.c calls of insn-runner-mte.c, which is for A64 alone. */
#ifndef FAUXKVM_TESTS_INSN_RUNNER_H
#define FAUXKVM_TESTS_INSN_RUNNER_H

#include "insn-diff.h"

#ifdef __arm__
static inline void tags_enter(struct diff_case *c)
{
}
static inline void tags_leave(struct diff_case *c)
{
}
#else
/* Around a case that is tagged: only its own accesses are checked. */
void tags_enter(struct diff_case *c);
void tags_leave(struct diff_case *c);
#endif

#endif
