/* SPDX-License-Identifier: MIT */
/*
 * The native shim's beginning: the model is ready before the VMM runs, and
 * before libraries that it is linked with.
 */
#include "shim/embed.h"
#include "shim/exec-env.h"

__attribute__((constructor)) static void native_init(void)
{
	embed_init();
	exec_env_init("libfauxkvm.so");
}
