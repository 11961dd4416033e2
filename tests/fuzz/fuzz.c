/* SPDX-License-Identifier: MIT */
/*
 * The driver of a fuzz target where there is no libFuzzer, see fuzz.h. The
 * input under test is named when the process dies of it: the seed and the
 * number of the run are enough to make it again.
 */
#include "fuzz.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;

/* splitmix64: any seed is good. */
static uint64_t random_u64(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static uint64_t env_u64(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return s && *s ? strtoull(s, NULL, 0) : otherwise;
}

/*
 * Each run has a seed of its own, made from the run's: a failing one is
 * repeated alone with FUZZ_SEED=<that> FUZZ_RUNS=1.
 */
static uint64_t run_seed;

static void on_death(int sig)
{
	char line[128];
	int n = snprintf(
		line, sizeof(line),
		"fuzz: signal %d; repeat: FUZZ_SEED=%#llx FUZZ_RUNS=1\n", sig,
		(unsigned long long)run_seed);

	if (write(2, line, n) != n)
		_exit(99);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void run_random(uint8_t *buf)
{
	size_t size;

	state = run_seed;
	size = random_u64() % (fuzz_input_max + 1);
	for (size_t i = 0; i < size; i += 8) {
		uint64_t v = random_u64();

		memcpy(buf + i, &v, size - i < 8 ? size - i : 8);
	}
	LLVMFuzzerTestOneInput(buf, size);
}

static int run_file(const char *path)
{
	uint8_t *buf = malloc(1 << 20);
	FILE *f = fopen(path, "rb");
	size_t size;

	if (!f || !buf) {
		perror(path);
		return 1;
	}
	size = fread(buf, 1, 1 << 20, f);
	fclose(f);
	LLVMFuzzerTestOneInput(buf, size);
	free(buf);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t seed =
		env_u64("FUZZ_SEED", (uint64_t)time(NULL) << 20 ^ getpid());
	uint64_t runs = env_u64("FUZZ_RUNS", 0), done;
	double seconds = env_u64("FUZZ_SECONDS", 5), start = now();
	uint8_t *buf;

	for (int i = 1; i < argc; i++)
		if (run_file(argv[i]))
			return 1;
	if (argc > 1)
		return 0;
	buf = malloc(fuzz_input_max + 8);
	if (!buf)
		return 1;
	printf("fuzz: FUZZ_SEED=%#llx\n", (unsigned long long)seed);
	fflush(stdout);
	signal(SIGABRT, on_death);
	signal(SIGALRM, on_death);
	for (done = 0; runs ? done < runs : now() - start < seconds; done++) {
		run_seed = seed + done * 0x100000001b3;
		alarm(60);
		run_random(buf);
	}
	alarm(0);
	free(buf);
	printf("fuzz: %llu inputs\n", (unsigned long long)done);
	return 0;
}
