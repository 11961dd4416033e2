/* SPDX-License-Identifier: MIT */
/*
 * The beginning of libfauxkvm-exec.so: preloaded into native programs that arm64
 * programs execute, which need no KVM, so that arm64 programs that these execute
 * in turn (env, sh, make) come back to us.
 */
#include "shim/child-env.h"

__attribute__((constructor)) static void exec_only_init(void)
{
	child_env_init("libfauxkvm-exec.so");
}
