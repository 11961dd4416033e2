/* SPDX-License-Identifier: MIT */
/*
 * What a process has beside memory: registers under signals and preemption,
 * the heap of glibc, arguments and pipes of programs that are executed; and a
 * shell for ^C on the console.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/soak/soak.h"

/* ---- registers ----------------------------------------------------------- */

/* regs.S knows the layout. */
struct regs {
	uint64_t v[32][2];
	uint64_t x[29], nzcv, fpcr, fpsr;
};

/* Load all of @in, count @loops down, store all into @out. */
void regs_spin(const struct regs *in, struct regs *out, uint64_t loops);

static volatile double noise = 1;

/* Other numbers into what can be written, on a stack of its own. */
static void on_signal(int sig)
{
	struct regs in, out;
	struct rng rng = {(uint64_t)(uintptr_t)&in + sig};

	for (size_t k = 0; k < sizeof(in) / 8; k++)
		((uint64_t *)&in)[k] = rng_next(&rng);
	in.nzcv &= 0xf0000000;
	in.fpcr &= 3 << 22;
	in.fpsr &= 0x9f;
	regs_spin(&in, &out, 50);
	if (memcmp(&in, &out, sizeof(in)))
		fail("registers in a handler");
	noise = noise / 3 + 1;
}

static void interrupt_me(struct rng *rng)
{
	static uint8_t stack[65536];
	stack_t alternative = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction sa = {.sa_handler = on_signal,
			       .sa_flags = SA_ONSTACK | SA_RESTART};
	struct itimerval every = {
		.it_interval.tv_usec = 200 + rng_below(rng, 3000),
	};

	every.it_value = every.it_interval;
	must(sigaltstack(&alternative, NULL));
	must(sigaction(SIGALRM, &sa, NULL));
	must(sigaction(SIGUSR1, &sa, NULL));
	must(setitimer(ITIMER_REAL, &every, NULL));
}

static void regs_compare(const struct regs *in, const struct regs *out)
{
	const uint64_t *a = (const uint64_t *)in, *b = (const uint64_t *)out;

	for (size_t k = 0; k < sizeof(*in) / 8; k++)
		if (a[k] != b[k])
			fail("word %zu of the registers (V0 first, X0 is 64) "
			     "is 0x%llx, not 0x%llx",
			     k, (unsigned long long)b[k],
			     (unsigned long long)a[k]);
}

void work_registers(struct rng *rng)
{
	struct regs in, out;

	interrupt_me(rng);
	while (more()) {
		for (size_t k = 0; k < sizeof(in) / 8; k++)
			((uint64_t *)&in)[k] = rng_next(rng);
		in.nzcv &= 0xf0000000;
		in.fpcr &= 3 << 22;
		in.fpsr &= 0x9f;
		if (rng_one_in(rng, 32))
			hop(rng);
		regs_spin(&in, &out, 1 + rng_below(rng, 200000));
		regs_compare(&in, &out);
		if (rng_one_in(rng, 4))
			kill(getpid(), SIGUSR1);
	}
	struct itimerval never = {0};

	must(setitimer(ITIMER_REAL, &never, NULL));
}

/* ---- the heap ------------------------------------------------------------ */

struct piece {
	size_t size;
	uint64_t tag;
	uint8_t data[];
};

static struct piece *piece_new(struct rng *rng, struct piece *old)
{
	size_t size = rng_one_in(rng, 64)  ? rng_below(rng, 300000)
		      : rng_one_in(rng, 4) ? rng_below(rng, 8000)
					   : rng_below(rng, 200);
	struct piece *p = realloc(old, sizeof(*p) + size);

	if (!p)
		fail("no memory for %zu bytes", size);
	p->size = size;
	p->tag = rng_next(rng);
	memset(p->data, (uint8_t)p->tag, size);
	return p;
}

static void piece_check(const struct piece *p)
{
	for (size_t k = 0; k < p->size; k++)
		if (p->data[k] != (uint8_t)p->tag)
			fail("byte %zu of the %zu at %p is 0x%x, not 0x%x", k,
			     p->size, p->data, p->data[k], (uint8_t)p->tag);
}

enum { PIECES = 128 };

/* By exchange, so that a thread frees what another allocated. */
static struct piece *_Atomic pieces[PIECES];

static void *malloc_body(void *arg)
{
	struct rng rng = {(uintptr_t)arg};

	while (more()) {
		struct piece *p =
			atomic_exchange(&pieces[rng_below(&rng, PIECES)], NULL);

		if (rng_one_in(&rng, 500))
			hop(&rng);
		if (p)
			piece_check(p);
		if (p && rng_one_in(&rng, 2)) {
			free(p);
			continue;
		}
		p = piece_new(&rng, p);
		p = atomic_exchange(&pieces[rng_below(&rng, PIECES)], p);
		if (p)
			piece_check(p);
		free(p);
	}
	return NULL;
}

void work_malloc(struct rng *rng)
{
	unsigned int n = rng_below(rng, 4);
	pthread_t ids[4];

	if (rng_one_in(rng, 2))
		interrupt_me(rng);
	for (unsigned int k = 0; k < n; k++)
		if (pthread_create(&ids[k], NULL, malloc_body,
				   (void *)(uintptr_t)rng_next(rng)))
			fail("pthread_create");
	malloc_body((void *)(uintptr_t)rng_next(rng));
	for (unsigned int k = 0; k < n; k++)
		pthread_join(ids[k], NULL);
}

/* ---- programs ------------------------------------------------------------ */

enum { WORDS = 24, PIPE_WORDS = 4096 };

/* Arguments that can be checked by whoever knows the seed. */
static void word_make(struct rng *rng, char *word)
{
	snprintf(word, 40, "%016llx%0*x", (unsigned long long)rng_next(rng),
		 1 + (int)rng_below(rng, 20), 7);
}

/* soak executed SEED WORD...: they are right, and so is what is sent. */
int executed(int argc, char **argv)
{
	struct rng rng = {strtoull(argv[2], NULL, 0)};
	char word[64];

	if (argc != WORDS + 3)
		fail("%d arguments", argc);
	for (int k = 3; k < argc; k++) {
		word_make(&rng, word);
		if (strcmp(word, argv[k]))
			fail("argument %d is %s, not %s", k, argv[k], word);
	}
	for (int k = 0; k < PIPE_WORDS; k++) {
		uint64_t val = rng_next(&rng);

		if (fwrite(&val, 8, 1, stdout) != 1)
			fail("cannot write");
	}
	return fflush(stdout) ? 1 : 0;
}

static pid_t execute(char **argv, int to, bool spawned)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	pid_t pid;

	if (!spawned) {
		pid = must(fork());
		if (pid)
			return pid;
		dup2(to, STDOUT_FILENO);
		execv(argv[0], argv);
		_exit(3);
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
	if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environ))
		fail("posix_spawn");
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static void exec_once(struct rng *rng)
{
	static char words[WORDS][64];
	char seed[32], *argv[WORDS + 4] = {"/proc/self/exe", "executed", seed};
	struct rng child = {rng_next(rng)};
	uint64_t val;
	FILE *from;
	int ends[2];
	pid_t pid;

	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)child.state);
	for (unsigned int k = 0; k < WORDS; k++) {
		word_make(&child, words[k]);
		argv[k + 3] = words[k];
	}
	must(pipe(ends));
	pid = execute(argv, ends[1], rng_one_in(rng, 2));
	close(ends[1]);
	from = fdopen(ends[0], "r");
	for (unsigned int k = 0; k < PIPE_WORDS; k++)
		if (fread(&val, 8, 1, from) != 1 || val != rng_next(&child))
			fail("word %u from a pipe", k);
	fclose(from);
	reap(pid);
}

void work_exec(struct rng *rng)
{
	while (more()) {
		hop(rng);
		exec_once(rng);
	}
}

/* ---- the shell ----------------------------------------------------------- */

static volatile sig_atomic_t interrupts;

static void on_interrupt(int sig)
{
	interrupts++;
}

/* As a line editor does it: the terminal raw, a heap in use, and back. */
static char *line_read(void)
{
	struct termios cooked, raw;
	char *line = NULL, c;
	size_t len = 0;

	must(tcgetattr(STDIN_FILENO, &cooked));
	raw = cooked;
	raw.c_lflag &= ~(ICANON | ECHO | ISIG);
	must(tcsetattr(STDIN_FILENO, TCSANOW, &raw));
	while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && c != '\r' &&
	       c != 3) {
		char *longer = malloc(len + 2);

		if (!longer)
			fail("no memory");
		memcpy(longer, line ? line : "", len);
		longer[len++] = c;
		longer[len] = 0;
		free(line);
		line = longer;
	}
	must(tcsetattr(STDIN_FILENO, TCSANOW, &cooked));
	return line;
}

/*
 * "soak prompt N" where N counts; any line is a number of seconds that a child
 * executes sleep for, in the foreground. An interrupt ends the child.
 */
int shell(void)
{
	struct sigaction sa = {.sa_handler = on_interrupt,
			       .sa_flags = SA_RESTART};
	struct rng rng = {1};

	sigaction(SIGINT, &sa, NULL);
	for (unsigned int n = 0;; n++) {
		struct piece *p = piece_new(&rng, NULL);
		char *line;
		int status;
		pid_t pid;

		printf("guest: soak prompt %u\n", n);
		fflush(stdout);
		line = line_read();
		if (!line)
			continue;
		if (!strcmp(line, "exit"))
			return 0;
		pid = must(fork());
		if (!pid) {
			execl("/bin/sleep", "sleep", line, NULL);
			_exit(3);
		}
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGINT)
			printf("guest: soak slept to the end, 0x%x\n", status);
		piece_check(p);
		free(p);
		free(line);
	}
}
