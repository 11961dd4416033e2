/* SPDX-License-Identifier: MIT */
/*
 * The engine's malloc() (src/user/heap.c), which is this program's, too: blocks are apart from
 * each other, whatever threads do, and whenever a process that shares the memory is
 * killed; and a child of fork() goes on with what there is.
 */
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS  300
#define BLOCKS 64 /* that each user has at a time */

#define CHECK(cond)                                                        \
	do {                                                               \
		if (!(cond)) {                                             \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
				#cond);                                    \
			_Exit(1);                                          \
		}                                                          \
	} while (0)

struct user {
	struct block {
		uint8_t *p;
		size_t size;
		uint8_t mark;
	} blocks[BLOCKS];
	uint32_t random;
};

static uint32_t random_of(struct user *u)
{
	return (u->random = u->random * 1664525 + 1013904223) >> 8;
}

/* Mostly small ones; some are mapped by themselves. */
static size_t random_size(struct user *u)
{
	const uint32_t r = random_of(u);

	return r % 1000 ? r >> (8 + r % 16) : 1100000 + r % 100000;
}

static void check(const struct block *b)
{
	for (size_t k = 0; k < b->size; k += b->size < 4096 ? 1 : 509)
		CHECK(b->p[k] == b->mark);
}

static void allocate(struct user *u, struct block *b)
{
	const uint32_t kind = random_of(u) % 8;

	b->size = random_size(u);
	b->mark = (uint8_t)random_of(u);
	if (kind == 0) {
		b->p = calloc(1, b->size);
		for (size_t k = 0; k < b->size; k++)
			CHECK(!b->p[k]);
	} else if (kind == 1) {
		b->p = aligned_alloc(256, b->size);
		CHECK((uintptr_t)b->p % 256 == 0);
	} else if (kind == 2) {
		void *p;

		CHECK(!posix_memalign(&p, 64, b->size));
		CHECK((uintptr_t)p % 64 == 0);
		CHECK(malloc_usable_size(p) >= b->size);
		b->p = p;
	} else if (kind == 3) {
		b->p = memalign(128, b->size);
		CHECK((uintptr_t)b->p % 128 == 0);
	} else {
		b->p = malloc(b->size);
	}
	CHECK(b->p && (uintptr_t)b->p % 16 == 0);
	memset(b->p, b->mark, b->size);
}

static void grow(struct user *u, struct block *b)
{
	const size_t had = b->size;

	b->size = random_size(u) + 1;
	b->p = realloc(b->p, b->size);
	CHECK(b->p);
	for (size_t k = 0; k < had && k < b->size; k++)
		CHECK(b->p[k] == b->mark);
	memset(b->p, b->mark, b->size);
}

static void step(struct user *u)
{
	struct block *b = &u->blocks[random_of(u) % BLOCKS];

	if (!b->p) {
		allocate(u, b);
		return;
	}
	check(b);
	if (random_of(u) % 4 == 0) {
		grow(u, b);
		return;
	}
	free(b->p);
	b->p = NULL;
}

static volatile bool stop;

static void *thread_main(void *arg)
{
	while (!stop)
		step(arg);
	return NULL;
}

/* It may have been killed within a step: what it has is not looked at again. */
static int child_main(void *arg)
{
	struct user *u = arg;
	const struct itimerval when = {
		.it_value.tv_usec = 20 + random_of(u) % 500,
	};

	setitimer(ITIMER_REAL, &when, NULL);
	for (;;)
		step(u);
	return 0;
}

static void kill_children(struct user *mine)
{
	static uint8_t stack[65536] __attribute__((aligned(16)));
	struct user u = {.random = mine->random};
	int status;
	pid_t pid = clone(child_main, stack + sizeof(stack),
			  CLONE_VM | CLONE_VFORK | SIGCHLD, &u);

	CHECK(pid > 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
	for (unsigned int k = 0; k < 100; k++)
		step(mine);
}

static void fork_child(struct user *mine)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		for (unsigned int k = 0; k < 1000; k++)
			step(mine);
		_Exit(7);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

int main(void)
{
	static struct user users[3];
	volatile size_t huge = SIZE_MAX - 100;
	pthread_t threads[2];

	for (unsigned int k = 0; k < 3; k++)
		users[k].random = k;
	CHECK(!malloc(huge) && !calloc(huge, 3));
	for (unsigned int k = 0; k < 2; k++)
		CHECK(!pthread_create(&threads[k], NULL, thread_main,
				      &users[k]));
	for (unsigned int k = 0; k < KILLS; k++) {
		kill_children(&users[2]);
		users[2].random++;
		if (k % 50 == 0)
			fork_child(&users[2]);
	}
	stop = true;
	for (unsigned int k = 0; k < 2; k++)
		CHECK(!pthread_join(threads[k], NULL));
	return 0;
}
