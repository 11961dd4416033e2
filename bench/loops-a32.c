/* SPDX-License-Identifier: MIT */
/*
 * Loops of a 32-bit program: floating point by VFP, Advanced SIMD, copies by either. Prints for
 * each its name and how many million elements (of copies: bytes) it does in a second of processor
 * time. Built by a cross compiler, and run by two engines in turn:
 *
 *   arm-linux-gnueabihf-gcc -O2 -marm -mfpu=neon -static -o loops-a32 bench/loops-a32.c
 *   fauxkvm-user ./loops-a32; qemu-arm ./loops-a32
 */
#include <arm_neon.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define N    32
#define LONG 1024

double d[3][N][N];
float f[3][N][N];
int ints[2][LONG];
float floats[2][LONG];
char bytes[2][8 * LONG];
int sum;

/* A product of matrices. */
static void vfp_double(void)
{
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			double s = 0;

			for (int k = 0; k < N; k++)
				s += d[0][i][k] * d[1][k][j];
			d[2][i][j] = s;
		}
}

static void vfp_single(void)
{
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			float s = 0;

			for (int k = 0; k < N; k++)
				s += f[0][i][k] * f[1][k][j];
			f[2][i][j] = s;
		}
}

static void vfp_compare(void)
{
	for (int i = 0; i + 1 < LONG; i++)
		if (floats[1][i] > floats[1][i + 1])
			sum += (int)floats[1][i];
		else
			sum -= 2;
}

static void vfp_copy(void)
{
	char *to = bytes[1], *from = bytes[0];

	for (int i = 0; i < 8 * LONG; i += 64)
		__asm__ volatile("vldmia %1!, {d0-d7}\n"
				 "vstmia %0!, {d0-d7}"
				 : "+r"(to), "+r"(from)
				 :
				 : "d0", "d1", "d2", "d3", "d4", "d5", "d6",
				   "d7", "memory");
}

static void neon_int(void)
{
	for (int i = 0; i < LONG; i += 4) {
		int32x4_t a = vld1q_s32(&ints[0][i]);
		int32x4_t b = vld1q_s32(&ints[1][i]);

		a = vaddq_s32(a, b);
		a = veorq_s32(vmulq_s32(a, b), vshlq_n_s32(b, 3));
		vst1q_s32(&ints[0][i], vmaxq_s32(a, b));
	}
}

static void neon_single(void)
{
	for (int i = 0; i < LONG; i += 4) {
		float32x4_t a = vdupq_n_f32(0.5f);
		float32x4_t b = vld1q_f32(&floats[1][i]);

		a = vmlaq_f32(a, a, b);
		a = vsubq_f32(a, vmulq_f32(a, b));
		vst1q_f32(&floats[0][i], a);
	}
}

static void neon_copy(void)
{
	char *to = bytes[1], *from = bytes[0];

	for (int i = 0; i < 8 * LONG; i += 32)
		__asm__ volatile("vld1.8 {d0-d3}, [%1]!\n"
				 "vst1.8 {d0-d3}, [%0]!"
				 : "+r"(to), "+r"(from)
				 :
				 : "d0", "d1", "d2", "d3", "memory");
}

static const struct {
	const char *name;
	void (*run)(void);
	int elements;
} loops[] = {
	{"vfp-double", vfp_double, N *N *N},
	{"vfp-single", vfp_single, N *N *N},
	{"vfp-compare", vfp_compare, LONG},
	{"vfp-copy", vfp_copy, 8 * LONG},
	{"neon-int", neon_int, LONG},
	{"neon-single", neon_single, LONG},
	{"neon-copy", neon_copy, 8 * LONG},
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(void)
{
	for (int i = 0; i < LONG; i++) {
		d[0][i / N][i % N] = f[0][i / N][i % N] = i * 0.5f;
		d[1][i / N][i % N] = f[1][i / N][i % N] = 7 - i * 0.25f;
		ints[0][i] = i;
		ints[1][i] = 3 * i;
		floats[1][i] = 0.25f + i % 7 * 0.01f;
	}
	for (unsigned int k = 0; k < sizeof(loops) / sizeof(loops[0]); k++) {
		double t, begin = now();
		long times = 0;

		do {
			for (int i = 0; i < 20; i++)
				loops[k].run();
			times += 20;
			t = now() - begin;
		} while (t < 0.15);
		printf("%-12s %8.1f M\n", loops[k].name,
		       (double)times * loops[k].elements / t / 1e6);
	}
	return 0;
}
