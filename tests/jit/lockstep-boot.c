/* SPDX-License-Identifier: MIT */
/*
 * A Linux boot by the translator in lock-step with the interpreter, see
 * boot-steps.h and usage(); tests/slow/lockstep-boot has the kernel for it.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot-board.h"
#include "boot-steps.h"
#include "jit/jit.h"

static int usage(void)
{
	fputs("lockstep-boot [OPTION...] IMAGE [INITRAMFS]\n"
	      "  --count N      instructions (50000000)\n"
	      "  --cycles N     a step is up to so many cycles, not a block\n"
	      "  --smp N        vCPUs (1)\n"
	      "  --core CORE    instructions take what they do on this\n"
	      "  --threshold N  translate a block when it runs so often (1)\n"
	      "  --ram MIB      of the guest (128)\n"
	      "  --memory MIB   for translated code (32)\n"
	      "  --isa NAME     what it uses of the host, as fauxkvm's "
	      "--jit-isa\n"
	      "  --args ARGS    the kernel's arguments\n"
	      "  --console      show what the guest prints\n",
	      stderr);
	return 2;
}

static int told(enum steps_result result, uint64_t done)
{
	if (result == STEPS_SAME)
		printf("the same for %llu cycles of instructions\n",
		       (unsigned long long)done);
	else if (result == STEPS_BROKEN)
		fprintf(stderr, "lockstep-boot: it did not work\n");
	else if (result == STEPS_MEMORY)
		fprintf(stderr, "lockstep-boot: nobody has written it\n");
	return result == STEPS_SAME ? 0 : 1;
}

/* Once more for the step that wrote what no step should have. */
static int run(const struct boot_board *board, struct steps_options *opts)
{
	uint64_t done, page;
	enum steps_result result = steps_run(board, opts, &done, &page);

	if (result != STEPS_MEMORY)
		return told(result, done);
	fprintf(stderr,
		"memory differs in the page at %llx, after some %llu "
		"instructions; again, to find the step:\n",
		(unsigned long long)page, (unsigned long long)done);
	opts->watch = page;
	told(steps_run(board, opts, &done, &page), done);
	return 1;
}

static unsigned int isa_named(const char *name)
{
	unsigned int isa = 0;

	while (jit_isa_names[isa] && strcmp(jit_isa_names[isa], name))
		isa++;
	if (!jit_isa_names[isa])
		exit(usage());
	return isa;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"count", 1, NULL, 'n'},  {"cycles", 1, NULL, 's'},
		{"core", 1, NULL, 'c'},   {"smp", 1, NULL, 'p'},
		{"ram", 1, NULL, 'r'},    {"threshold", 1, NULL, 't'},
		{"memory", 1, NULL, 'm'}, {"args", 1, NULL, 'a'},
		{"isa", 1, NULL, 'i'},    {"console", 0, NULL, 'v'},
		{NULL, 0, NULL, 0},
	};
	struct steps_options opts = {.instructions = 50000000};
	struct boot_board board = {
		.args = "", .console = -1, .vcpus = 1, .ram_size = 128 << 20};
	const char *missing = jit_missing();
	unsigned int threshold = 1;
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		switch (c) {
		case 'n': opts.instructions = strtoull(optarg, NULL, 0); break;
		case 's': opts.cycles = (unsigned int)atoi(optarg); break;
		case 'p': board.vcpus = (unsigned int)atoi(optarg); break;
		case 'c': board.core = optarg; break;
		case 't': threshold = (unsigned int)atoi(optarg); break;
		case 'r':
			board.ram_size = strtoull(optarg, NULL, 0) << 20;
			break;
		case 'm':
			board.jit_memory_mib = (unsigned int)atoi(optarg);
			break;
		case 'i': board.jit_isa = isa_named(optarg); break;
		case 'a': board.args = optarg; break;
		case 'v': board.console = 1; break;
		default: return usage();
		}
	if (optind == argc || optind + 2 < argc || !board.vcpus ||
	    board.vcpus > BOOT_VCPUS)
		return usage();
	if (missing) {
		printf("skipped: %s\n", missing);
		return 77;
	}
	board.image = argv[optind];
	board.initrd = argv[optind + 1];
	jit_set_threshold(threshold);
	return run(&board, &opts);
}
