/* SPDX-License-Identifier: MIT */
/*
 * What tests/user/check-gdb debugs.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static volatile int go;
static volatile long value = 0x1122334455667788;
static volatile sig_atomic_t signals;

__attribute__((noinline)) static long work(long a, double b)
{
	__asm__ volatile("" : "+r"(a));
	return a + (long)b;
}

__attribute__((noinline)) static void *in_thread(void *arg)
{
	while (!go)
		usleep(1000);
	return arg;
}

static void handler(int sig)
{
	(void)sig;
	signals++;
}

int main(void)
{
	pthread_t t;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGUSR1, handler);
	printf("work %ld\n", work(1, 2.5));
	raise(SIGUSR1);
	raise(SIGUSR1);
	printf("signals %d, value %lx\n", signals, value);
	if (pthread_create(&t, NULL, in_thread, NULL))
		return 1;
	while (!go)
		;
	pthread_join(t, NULL);
	if (!fork())
		_exit(work(3, 0));
	raise(SIGTERM);
	*(volatile int *)16 = 1;
	return 7;
}
