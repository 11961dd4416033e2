/* SPDX-License-Identifier: MIT */
/*
 * What guests with SVE run: registers of each vector length, strings and sums.
 * Z registers, predicates and FFR stay what they are while others run and whatever
 * length each process has, and glibc's string functions, which use SVE where they
 * find it, do what loops by bytes do.
 *
 *   sve FILE    until it is there; then a line for each length, and "sve good" or
 *               status 1
 */
#include <arm_sve.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES 5000

static uint64_t state;

static uint32_t below(uint32_t n)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return (state >> 32) * n >> 32;
}

static void wrong(const char *what, unsigned long n)
{
	printf("sve wrong: %s, %lu bytes, vector of %d\n", what, n,
	       prctl(PR_SVE_GET_VL) & PR_SVE_VL_LEN_MASK);
	exit(1);
}

/* ---- registers ----------------------------------------------------------- */

/* Each element of Z0 to Z31 and each predicate is of this process and turn. */
static void registers(uint64_t seed)
{
	uint8_t z[32 * 256], p[17 * 32], z2[sizeof(z)], p2[sizeof(p)];
	unsigned int vl = prctl(PR_SVE_GET_VL) & PR_SVE_VL_LEN_MASK;

	for (size_t n = 0; n < sizeof(z); n++)
		z[n] = below(256) ^ seed;
	for (size_t n = 0; n < sizeof(p); n++)
		p[n] = below(256) ^ seed;
	/* FFR is one that a first-fault load can leave: ones, then zeros. */
	memset(p + 16 * (vl / 8), 0, vl / 8);
	p[16 * (vl / 8)] = 0x0f;
	/* clang-format off */
#define EIGHT(each, n) each(n##0) each(n##1) each(n##2) each(n##3) \
		       each(n##4) each(n##5) each(n##6) each(n##7)
#define REST(each) each(8) each(9) each(10) each(11) each(12) each(13) each(14) each(15)
#define ALL_P(each) EIGHT(each, ) REST(each)
#define ALL_Z(each) ALL_P(each) each(16) each(17) each(18) each(19) \
		    EIGHT(each, 2) each(28) each(29) each(30) each(31)
#define LDR_Z(n) "	ldr	z" #n ", [%0, " #n ", mul vl]\n"
#define LDR_P(n) "	ldr	p" #n ", [%1, " #n ", mul vl]\n"
#define STR_Z(n) "	str	z" #n ", [%2, " #n ", mul vl]\n"
#define STR_P(n) "	str	p" #n ", [%3, " #n ", mul vl]\n"
#define V(n)     "v" #n,
#define P(n)     "p" #n,
	asm volatile("	ldr	p0, [%1, 16, mul vl]\n"
		     "	wrffr	p0.b\n"
		     ALL_Z(LDR_Z) ALL_P(LDR_P)
		     /* Long enough for a tick of the kernel's, now and then. */
		     "	mov	x9, %4\n"
		     "1:	subs	x9, x9, 1\n"
		     "	b.ne	1b\n"
		     ALL_Z(STR_Z) ALL_P(STR_P)
		     "	rdffr	p0.b\n"
		     "	str	p0, [%3, 16, mul vl]\n"
		     :
		     : "r"(z), "r"(p), "r"(z2), "r"(p2), "r"(100000ul)
		     : ALL_Z(V) ALL_P(P) "memory", "x9", "cc");
	/* clang-format on */
	if (memcmp(z, z2, 32 * vl))
		wrong("a vector changed", vl);
	if (memcmp(p, p2, 17 * (vl / 8)))
		wrong("a predicate changed", vl);
}

/* ---- strings ------------------------------------------------------------- */

static uint8_t *page_end; /* nothing is mapped behind */

/* At the end of what is mapped: what reads on has to fault, or not to. */
static void strings(void)
{
	static uint8_t to[BYTES + 64];
	size_t size = below(below(8) ? 300 : BYTES), off = below(64);
	uint8_t *from = page_end - size - 1, c = below(256);
	size_t n;

	for (n = 0; n < size; n++)
		from[n] = 1 + below(255);
	from[size] = 0;
	if (strlen((char *)from) != size)
		wrong("strlen", size);
	memset(to, c, sizeof(to));
	memcpy(to + off, from, size);
	for (n = 0; n < sizeof(to); n++)
		if (to[n] != (n - off < size ? from[n - off] : c))
			wrong("memcpy", size);
	if (memcmp(to + off, from, size))
		wrong("memcmp", size);
	memmove(to + off + 1, to + off, size);
	for (n = 0; n < size; n++)
		if (to[off + 1 + n] != from[n])
			wrong("memmove", size);
	if (strcpy((char *)to, (char *)from) != (char *)to ||
	    strcmp((char *)to, (char *)from))
		wrong("strcpy", size);
	for (n = 0; n < size && from[n] != c; n++)
		;
	if (memchr(from, c, size) != (n < size ? from + n : NULL))
		wrong("memchr", size);
}

/* ---- arithmetic ---------------------------------------------------------- */

/* What the compiler makes of it has gathers and predicated tails. */
__attribute__((noinline, optimize("O3"))) static double vector_sum(
	const double *a, const int32_t *at, int n)
{
	svfloat64_t sum = svdup_f64(0);

	for (int i = 0; i < n; i += svcntd()) {
		svbool_t p = svwhilelt_b64(i, n);
		svint64_t index = svld1sw_s64(p, at + i);

		sum = svadd_f64_m(p, sum,
				  svld1_gather_s64index_f64(p, a, index));
	}
	return svaddv_f64(svptrue_b64(), sum);
}

static void arithmetic(void)
{
	static double a[512];
	static int32_t at[512];
	int n = 1 + below(512);
	double sum = 0;

	for (int i = 0; i < 512; i++) {
		a[i] = below(1 << 20);
		at[i] = below(512);
	}
	for (int i = 0; i < n; i++)
		sum += a[at[i]];
	/* Whole numbers: in any order the same. */
	if (vector_sum(a, at, n) != sum)
		wrong("a sum", n);
}

static void process(int vl, const char *end)
{
	unsigned long turns = 0;

	/* There are more of these than CPUs, and others have something to say. */
	if (nice(19) < 0 || prctl(PR_SVE_SET_VL, vl) < 0)
		wrong("nice() or PR_SVE_SET_VL", vl);
	state = vl;
	do {
		registers(turns ^ vl);
		strings();
		arithmetic();
		if (below(4) == 0)
			sched_yield();
		turns++;
	} while (access(end, F_OK));
	printf("sve of %d bytes: %lu turns\n", vl, turns);
	exit(0);
}

int main(int argc, char **argv)
{
	int processes = 0, bad = 0, status;
	uint8_t *pages;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!(getauxval(AT_HWCAP) & HWCAP_SVE)) {
		puts("sve wrong: none");
		return 1;
	}
	pages = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page_end = pages + 4 * 4096;
	munmap(page_end, 4096);
	/* A process for each length there is, all at once. */
	for (int vl = 16; vl <= 256; vl += 16) {
		int got = prctl(PR_SVE_SET_VL, vl) & PR_SVE_VL_LEN_MASK;

		if (got != vl)
			continue;
		processes++;
		if (fork() == 0)
			process(vl, argc > 1 ? argv[1] : "/");
	}
	for (int n = 0; n < processes; n++)
		if (wait(&status) < 0 || status)
			bad++;
	printf("sve %s: %d lengths\n", bad ? "wrong" : "good", processes);
	return bad != 0;
}
