/* SPDX-License-Identifier: MIT */
/*
 * Vectors of memory as programs of 32-bit Arm have them.
 */
#ifndef FAUXKVM_USER_ARM_VECTOR_H
#define FAUXKVM_USER_ARM_VECTOR_H

#include <stdint.h>
#include <sys/uio.h>

#define ARM_IOVECS 1024 /* as Linux has it */

/* The @count at @addr to @to, which has room for ARM_IOVECS. 0 or -errno. */
long arm_iovec_in(uint64_t addr, uint64_t count, struct iovec *to);

#endif
