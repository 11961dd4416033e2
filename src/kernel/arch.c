/* SPDX-License-Identifier: MIT */
/*
 * Which architecture's KVM the process has: the one place that chooses, and
 * the only one that knows all of them.
 */
#include "kernel/arch.h"

#include <errno.h>
#include <string.h>

static const struct arch *const archs[] = {&arch_arm64, &arch_ppc};
static const struct arch *chosen = &arch_arm64;
static bool program_is_32bit;

const struct arch *kernel_arch(void)
{
	return chosen->machine_is_32bit && chosen->machine_is_32bit()
		       ? &arch_arm
		       : chosen;
}

int kernel_set_arch(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		if (strcmp(archs[i]->name, name))
			continue;
		chosen = archs[i];
		return 0;
	}
	return -ENOENT;
}

void kernel_program_is_32bit(void)
{
	program_is_32bit = true;
}

bool kernel_serves_program(void)
{
	return !program_is_32bit || kernel_arch()->is_32bit;
}
