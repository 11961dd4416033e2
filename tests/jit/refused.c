/* SPDX-License-Identifier: MIT */
/*
 * Prints which kinds of instructions beyond SSE2 this host refuses: one of each is
 * executed. With it tests/slow/hosts knows that an emulated host is as poor as it
 * is said to be.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static sigjmp_buf back;

static void on_sigill(int sig)
{
	(void)sig;
	siglongjmp(back, 1);
}

#define TRY(name, insn)                                                   \
	do {                                                              \
		if (sigsetjmp(back, 1))                                   \
			printf("%s\n", name);                             \
		else                                                      \
			__asm__ volatile(insn : : : "rax", "xmm0", "cc"); \
	} while (0)

int main(void)
{
	signal(SIGILL, on_sigill);
	TRY("ssse3", "pshufb %%xmm0, %%xmm0");
	TRY("sse4.1", "pmulld %%xmm0, %%xmm0");
	TRY("sse4.2", "pcmpgtq %%xmm0, %%xmm0");
	TRY("avx", "vpaddd %%xmm0, %%xmm0, %%xmm0");
	TRY("avx2", "vpbroadcastd %%xmm0, %%xmm0");
	TRY("fma", "vfmadd213ss %%xmm0, %%xmm0, %%xmm0");
	TRY("bmi1", "andn %%rax, %%rax, %%rax");
	TRY("bmi2", "rorx $3, %%rax, %%rax");
	TRY("aes", "aesenc %%xmm0, %%xmm0");
	TRY("clmul", "pclmulqdq $0, %%xmm0, %%xmm0");
	TRY("sha", "sha256msg1 %%xmm0, %%xmm0");
	return 0;
}
