/* SPDX-License-Identifier: MIT */
/*
 * The native shim's beginning and end: the model is ready before the VMM runs,
 * and before libraries that it is linked with.
 */
#include "shim/behind.h"
#include "shim/embed.h"
#include "shim/child-env.h"

__attribute__((constructor)) static void native_init(void)
{
	embed_init();
	child_env_init("libfauxkvm.so");
}

__attribute__((destructor)) static void native_exit(void)
{
	behind_look();
}
