/* SPDX-License-Identifier: MIT */
/*
 * The door of src/jit on a host that there is no translator for.
 */
#include "jit/jit.h"

#include "cpu/engine.h"

const struct code_engine jit_engine = {.name = "none"};

const char *jit_missing(void)
{
	return "there is no translator for this host";
}

const char *const jit_isa_names[] = {NULL};

void jit_set_isa(enum jit_isa most)
{
	(void)most;
}

void jit_set_memory(size_t bytes)
{
	(void)bytes;
}

void jit_set_threshold(unsigned int runs)
{
	(void)runs;
}

void jit_set_exits(jit_exit_fn *fn)
{
	(void)fn;
}
