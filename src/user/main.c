/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm-user: runs an arm64 Linux program on this host, with /dev/kvm.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/kvm.h"
#include "user/path.h"
#include "user/pe.h"
#include "user/start.h"
#include "user/thread.h"

#define EXIT_OURS 125 /* as env(1) has it: we failed, not the program */

static int fail(const char *what, int err)
{
	fprintf(stderr, "fauxkvm-user: %s: %s\n", what, strerror(err));
	return EXIT_OURS;
}

int main(int argc, char **argv)
{
	struct start start = {.envp = environ};
	struct user_thread thread = {.tid = gettid()};
	const char *argv0 = NULL;
	int opt, ret;

	while ((opt = getopt(argc, argv, "+L:0:")) != -1) {
		switch (opt) {
		case 'L': path_set_sysroot(optarg); break;
		case '0': argv0 = optarg; break;
		default: return EXIT_OURS;
		}
	}
	if (optind >= argc) {
		fputs("fauxkvm-user: no program\n", stderr);
		return EXIT_OURS;
	}
	start.path = argv[optind];
	start.execfn = argv0 ? argv0 : start.path;
	if (argv0)
		argv[optind] = (char *)argv0;
	start.argv = argv + optind;
	kvm_init();
	ret = pe_init();
	if (ret)
		return fail("start", -ret);
	thread.cpu = pe_new();
	if (!thread.cpu)
		return fail("start", ENOMEM);
	ret = start_program(thread.cpu, &start);
	if (ret)
		return fail(start.path, -ret);
	thread_run(&thread);
}
