/* SPDX-License-Identifier: MIT */
/*
 * Classic BPF as seccomp(2) knows it: what of a program is valid, and what it
 * says of a system call.
 */
#ifndef FAUXKVM_USER_BPF_H
#define FAUXKVM_USER_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* Does Linux take it for a filter? */
bool bpf_valid(const struct sock_filter *code, unsigned int len);

/* What a valid one returns. */
uint32_t bpf_run(const struct sock_filter *code, const struct seccomp_data *d);

/* Does a valid one return SECCOMP_RET_ALLOW for call @nr of @arch, whatever else
 * there is? False: perhaps. */
bool bpf_always_allows(const struct sock_filter *code, int nr, uint32_t arch);

#endif
