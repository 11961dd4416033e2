/* SPDX-License-Identifier: MIT */
/*
 * What executes a core's code: translated, unless the options or the host say
 * otherwise; see engine.h.
 */
#include "kernel/arm64/engine.h"

#include <string.h>

#include "base/log.h"
#include "jit/jit.h"
#include "kernel/kernel.h"

void arm64_choose_engine(struct cpu *cpu)
{
	const struct kernel_clock_options *o = kernel_clock();
	const char *missing = jit_missing();
	int err;

	if (o->cpu == KERNEL_CPU_INTERP)
		return;
	if (missing) {
		log_info("guest code is interpreted: %s", missing);
		return;
	}
	jit_set_memory((size_t)o->jit_memory_mib << 20);
	jit_set_isa(o->jit_isa);
	err = cpu_set_engine(cpu, &jit_engine);
	if (err)
		log_warn("guest code is interpreted: no memory that can be "
			 "written at one address and executed at another: %s",
			 strerror(-err));
}
