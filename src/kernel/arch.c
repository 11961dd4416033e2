/* SPDX-License-Identifier: MIT */
/*
 * Which architecture's KVM the process has: the one place that chooses, and
 * the only one that knows all of them.
 */
#include "kernel/arch.h"

const struct arch *kernel_arch(void)
{
	return &arch_arm64;
}
