/* SPDX-License-Identifier: MIT */
/*
 * The host's floating point, if this architecture has a fast path; else
 * everything is computed by cpu/fp/softfloat.c (FAUXKVM_SOFT_FP: on any host, to
 * test that path).
 *
 * HOST_FP is defined where there is one. Single operations are then in
 * host-*-fp-element.h, for the type of the including unit, and where HOST_FP_PACKED
 * is defined, whole registers in host-*-fp-packed.h.
 */
#ifndef FAUXKVM_CPU_HOST_FP_H
#define FAUXKVM_CPU_HOST_FP_H

#if defined(FAUXKVM_SOFT_FP)
#include "cpu/host-none-fp.h"
#elif defined(__x86_64__)
#include "cpu/host-x86-64-fp.h"
#elif defined(__aarch64__)
#include "cpu/host-arm64-fp.h"
#else
#include "cpu/host-none-fp.h"
#endif

#endif
