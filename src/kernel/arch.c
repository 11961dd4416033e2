/* SPDX-License-Identifier: MIT */
/*
 * Which architecture's KVM the process has: the one place that chooses, and
 * the only one that knows all of them.
 */
#include "kernel/arch.h"

#include <errno.h>
#include <string.h>

#include "base/refuse.h"

static const struct arch *const archs[] = {&arch_arm64, &arch_ppc};
/* By name, and with its machine: the latter is asked for at each request. */
static const struct arch *chosen = &arch_arm64, *current = &arch_arm64;
static bool program_is_32bit;

const struct arch *kernel_arch(void)
{
	return current;
}

static void look_again(void)
{
	current = chosen->machine_is_32bit && chosen->machine_is_32bit()
			  ? &arch_arm
			  : chosen;
}

int kernel_set_arch(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		if (strcmp(archs[i]->name, name))
			continue;
		chosen = archs[i];
		look_again();
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

static int refuse_profiles(void)
{
	return refuse(ENOENT, FKVM_HOST_NAME, "%s has no hosts to choose from",
		      kernel_arch()->name);
}

int kernel_set_profile(const char *name)
{
	int err = kernel_arch()->set_profile ? kernel_arch()->set_profile(name)
					     : refuse_profiles();

	if (!err)
		look_again();
	return err;
}

int kernel_profile_text(const char *name, char **text)
{
	return kernel_arch()->profile_text
		       ? kernel_arch()->profile_text(name, text)
		       : refuse_profiles();
}
