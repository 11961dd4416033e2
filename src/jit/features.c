/* SPDX-License-Identifier: MIT */
/*
 * Which instructions beyond x86-64's first this host has, and how many of them
 * translated code may use. What it must have is SSE2, which all have, and LAHF
 * and SAHF, which a few of the first had not.
 */
#include "jit/jit.h"

#include <cpuid.h>
#include <pthread.h>
#include <string.h>

#include "base/log.h"
#include "base/types.h"
#include "jit/engine-state.h"

#define ALL (BIT(NR_X86_FEATURES) - 1 - BIT(X86_SSE2))
#define V2  (BIT(X86_SSSE3) | BIT(X86_SSE4_1) | BIT(X86_SSE4_2))
/* Of the first hosts with AVX. */
#define WITH_AVX (V2 | BIT(X86_AVX) | BIT(X86_AES) | BIT(X86_CLMUL))

const char *const jit_isa_names[NR_JIT_ISAS + 1] = {
	[JIT_ISA_ALL] = "all",
	[JIT_ISA_AVX] = "avx",
	[JIT_ISA_V2] = "v2",
	[JIT_ISA_SSE2] = "sse2",
};

static const uint16_t allowed[NR_JIT_ISAS] = {
	[JIT_ISA_ALL] = ALL,
	[JIT_ISA_AVX] = WITH_AVX,
	[JIT_ISA_V2] = V2,
	[JIT_ISA_SSE2] = 0,
};

static enum jit_isa isa;

void jit_set_isa(enum jit_isa most)
{
	isa = most;
}

/* ---- what the host has --------------------------------------------------- */

/* Does the system keep the AVX registers? */
static bool keeps_avx(uint32_t leaf1_ecx)
{
	uint32_t low, high;

	if (!(leaf1_ecx & bit_OSXSAVE))
		return false;
	__asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (low & 6) == 6;
}

static uint16_t ask_host(void)
{
	uint32_t a, b, c, d;
	uint16_t has = 0;

	if (!__get_cpuid(1, &a, &b, &c, &d))
		return 0;
	has |= c & bit_SSSE3 ? BIT(X86_SSSE3) : 0;
	has |= c & bit_SSE4_1 ? BIT(X86_SSE4_1) : 0;
	has |= c & bit_SSE4_2 ? BIT(X86_SSE4_2) : 0;
	has |= c & bit_AES ? BIT(X86_AES) : 0;
	has |= c & bit_PCLMUL ? BIT(X86_CLMUL) : 0;
	if (c & bit_AVX && keeps_avx(c)) {
		has |= BIT(X86_AVX);
		has |= c & bit_FMA ? BIT(X86_FMA) : 0;
	}
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
		has |= b & bit_BMI ? BIT(X86_BMI1) : 0;
		has |= b & bit_BMI2 ? BIT(X86_BMI2) : 0;
		has |= b & bit_SHA ? BIT(X86_SHA) : 0;
		if (has & BIT(X86_AVX) && b & bit_AVX2)
			has |= BIT(X86_AVX2);
	}
	if (__get_cpuid(0x80000001, &a, &b, &c, &d))
		has |= c & bit_LZCNT ? BIT(X86_LZCNT) : 0;
	return has;
}

static uint16_t host;

static void ask_once(void)
{
	host = ask_host();
}

uint16_t jit_isa_lacks(enum jit_isa most)
{
	return ALL & ~allowed[most];
}

uint16_t jit_lacks(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, ask_once);
	return jit_isa_lacks(isa) | (ALL & ~host);
}

/* ---- what is said of it -------------------------------------------------- */

void jit_log_lacks(uint16_t lacks)
{
	static const char *const names[NR_X86_FEATURES] = {
		[X86_SSSE3] = "SSSE3",   [X86_SSE4_1] = "SSE4.1",
		[X86_SSE4_2] = "SSE4.2", [X86_AVX] = "AVX",
		[X86_AVX2] = "AVX2",     [X86_FMA] = "FMA",
		[X86_AES] = "AES",       [X86_CLMUL] = "PCLMULQDQ",
		[X86_SHA] = "SHA",       [X86_BMI1] = "BMI1",
		[X86_BMI2] = "BMI2",     [X86_LZCNT] = "LZCNT",
	};
	char text[128] = "";

	for (unsigned int f = 0; f < NR_X86_FEATURES; f++)
		if (lacks >> f & 1) {
			strcat(text, " ");
			strcat(text, names[f]);
		}
	if (lacks)
		log_info("translated code does without%s", text);
}

const char *jit_missing(void)
{
	uint32_t a, b, c, d;

#ifdef FAUXKVM_TLB_CHECK
	return "this build checks its TLBs";
#endif
	if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || !(c & bit_LAHF_LM))
		return "the host has no LAHF in 64-bit mode";
	return NULL;
}
