/* SPDX-License-Identifier: MIT */
/*
 * fauxkvm-user: runs an arm64 Linux program on this host, with /dev/kvm.
 *
 *   fauxkvm-user [-L SYSROOT] [-0 ARGV0] [-g PORT] PROGRAM [ARGUMENT...]
 *
 * -g: for gdb (gdb.h), which the program waits for.
 *
 * For its own use when the program executes another: -x NAME, what that was
 * executed as, -d FD, a descriptor to close when PROGRAM is loaded, -s FD, its
 * seccomp filters, -e FD, the engine itself, and -k N: the last N variables are not
 * for PROGRAM.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "user/exec.h"
#include "user/kvm.h"
#include "user/path.h"
#include "user/pe.h"
#include "user/seccomp.h"
#include "user/start.h"
#include "user/thread.h"

#define EXIT_OURS 125 /* as env(1) has it: we failed, not the program */

static int fail(const char *what, int err)
{
	fprintf(stderr, "fauxkvm-user: %s: %s\n", what, strerror(err));
	return EXIT_OURS;
}

/* What ps and top call it: of a script its own name, not the interpreter's. */
static void set_name(const char *path)
{
	const char *last = strrchr(path, '/');

	prctl(PR_SET_NAME, last ? last + 1 : path);
}

int main(int argc, char **argv)
{
	struct start start;
	struct user_thread thread = {.tid = gettid(), .first = true};
	const char *argv0 = NULL, *execfn = NULL, *sysroot = NULL;
	const char *gdb = NULL;
	int opt, ret, kept = -1, filters = -1, hidden = 0;
	int engine = -1;

	while ((opt = getopt(argc, argv, "+L:0:g:x:d:s:e:k:")) != -1) {
		switch (opt) {
		case 'L': sysroot = optarg; break;
		case '0': argv0 = optarg; break;
		case 'g': gdb = optarg; break;
		case 'x': execfn = optarg; break;
		case 'd': kept = atoi(optarg); break;
		case 's': filters = atoi(optarg); break;
		case 'e': engine = atoi(optarg); break;
		case 'k': hidden = atoi(optarg); break;
		default: return EXIT_OURS;
		}
	}
	if (optind >= argc) {
		fputs("fauxkvm-user: no program\n", stderr);
		return EXIT_OURS;
	}
	start.path = argv[optind];
	start.execfn = execfn ? execfn : start.path;
	if (argv0)
		argv[optind] = (char *)argv0;
	start.argv = argv + optind;
	kvm_init();
	if (gdb && (ret = gdb_start(gdb)))
		return fail(gdb, -ret);
	signal_init(&thread);
	start.envp = exec_init(environ, (unsigned int)hidden, engine);
	path_set_sysroot(sysroot);
	path_set_exe(start.path);
	ret = pe_init();
	if (ret)
		return fail("start", -ret);
	thread.cpu = pe_new();
	if (!thread.cpu)
		return fail("start", ENOMEM);
	ret = start_program(thread.cpu, &start);
	if (ret)
		return fail(start.path, -ret);
	if (kept >= 0)
		close(kept);
	if (filters >= 0 && seccomp_adopt(&thread, filters))
		return fail("seccomp", EINVAL);
	set_name(start.execfn);
	thread_first(&thread);
	if (gdb && (ret = gdb_serve(gdb)))
		return fail(gdb, -ret);
	signal_restore_internal(&thread);
	thread_run(&thread);
	thread_end(&thread);
	return EXIT_OURS;
}
