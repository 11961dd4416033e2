/* SPDX-License-Identifier: MIT */
/*
 * Floating point by this host, one element of the including unit's type: for
 * cpu/fp/element.h alone, which says what its results are worth.
 */
#ifndef FAUXKVM_CPU_HOST_FP_ELEMENT_H
#define FAUXKVM_CPU_HOST_FP_ELEMENT_H

#if !defined(HOST_FP) || FP_BITS == 16
#include "cpu/host-none-fp-element.h"
#elif defined(__x86_64__)
#include "cpu/host-x86-64-fp-element.h"
#elif defined(__aarch64__)
#include "cpu/host-arm64-fp-element.h"
#endif

#endif
