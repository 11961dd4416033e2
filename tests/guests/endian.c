/* SPDX-License-Identifier: MIT */
/*
 * Big-endian data (Arm ARM B2.6.2): accesses at EL1 by SCTLR_EL1.EE, with translation
 * tables in that order too, and at EL0 by E0E, under tables that are little-endian.
 * Each piece of code works on a buffer by its registers alone; what it has left there
 * is looked at in little-endian order.
 */
#include "guest.h"

#define SCTLR_M   (1ul << 0)
#define SCTLR_E0E (1ul << 24)
#define SCTLR_EE  (1ul << 25)

/* The bytes 1, 2, 3 and so on, and what comes of them. */
static uint8_t buf[512] __attribute__((aligned(4096)));
#define OUT 128

static uint64_t big_l1[512] __attribute__((aligned(4096)));

/*
 * void big_call(code, arg, table, sctlr): @code at EL1 with @table and @sctlr, and with
 * the old ones again. No data is accessed here.
 */
void big_call(void (*code)(void *), void *arg, const uint64_t *table,
	      uint64_t sctlr);
__asm__("	.text\n"
	"big_call:\n"
	"	mov	x14, x0\n"
	"	mov	x15, x30\n"
	"	mrs	x10, sctlr_el1\n"
	"	mrs	x11, ttbr0_el1\n"
	"	bic	x12, x10, #1\n"
	"	mov	x0, x1\n"
	"	dsb	sy\n"
	"	msr	sctlr_el1, x12\n"
	"	isb\n"
	"	msr	ttbr0_el1, x2\n"
	"	tlbi	vmalle1\n"
	"	dsb	sy\n"
	"	isb\n"
	"	msr	sctlr_el1, x3\n"
	"	isb\n"
	"	blr	x14\n"
	"	dsb	sy\n"
	"	msr	sctlr_el1, x12\n"
	"	isb\n"
	"	msr	ttbr0_el1, x11\n"
	"	tlbi	vmalle1\n"
	"	dsb	sy\n"
	"	isb\n"
	"	msr	sctlr_el1, x10\n"
	"	isb\n"
	"	ret	x15\n");

/* A function of x0, the buffer, whose results go to OUT. */
#define CODE(name, body)                                       \
	void name(void *arg);                                  \
	__asm__("	.text\n	.arch armv8.1-a\n" #name ":\n" \
		"	add	x9, x0, #128\n" body "	ret\n")

CODE(plain, "	ldrb	w1, [x0]\n"
	    "	ldrh	w2, [x0, #2]\n"
	    "	ldr	w3, [x0, #3]\n"
	    "	ldr	x4, [x0, #5]\n"
	    "	ldrsh	x5, [x0, #8]\n"
	    "	ldrsw	x6, [x0, #12]\n"
	    "	ldp	x7, x8, [x0, #16]\n"
	    "	strb	w1, [x9]\n"
	    "	strh	w2, [x9, #1]\n"
	    "	str	w3, [x9, #4]\n"
	    "	str	x4, [x9, #9]\n"
	    "	stp	x5, x6, [x9, #24]\n"
	    "	stp	x7, x8, [x9, #40]\n"
	    "	ldp	w1, w2, [x0, #32]\n"
	    "	stp	x1, x2, [x9, #56]\n"
	    "	stp	w2, w1, [x9, #72]\n");

CODE(exclusives, "	ldar	w1, [x0, #0]\n"
		 "	str	x1, [x9]\n"
		 "1:	ldxr	x2, [x0]\n"
		 "	add	x2, x2, #1\n"
		 "	stxr	w3, x2, [x0]\n"
		 "	cbnz	w3, 1b\n"
		 "	add	x8, x0, #16\n"
		 "2:	ldaxp	x4, x5, [x8]\n"
		 "	stlxp	w3, x5, x4, [x8]\n"
		 "	cbnz	w3, 2b\n"
		 "	mov	w6, #0x1234\n"
		 "	add	x8, x0, #34\n"
		 "	stlrh	w6, [x8]\n"
		 "	stp	x4, x5, [x9, #8]\n");

CODE(atomics, "	mov	x1, #1\n"
	      "	ldadd	x1, x2, [x0]\n"
	      "	add	x8, x0, #8\n"
	      "	movz	w3, #0x1122\n"
	      "	swph	w3, w4, [x8]\n"
	      "	add	x8, x0, #16\n"
	      "	ldr	w5, [x8]\n"
	      "	mov	w6, #7\n"
	      "	cas	w5, w6, [x8]\n"
	      "	stp	x2, x4, [x9]\n");

CODE(vectors_of_data, "	ldr	q0, [x0]\n"
		      "	ld1	{v1.4s}, [x0]\n"
		      "	ld1	{v2.8h}, [x0]\n"
		      "	ld2	{v3.4s, v4.4s}, [x0]\n"
		      "	ldp	d5, d6, [x0]\n"
		      "	umov	x1, v0.d[0]\n"
		      "	umov	x2, v0.d[1]\n"
		      "	umov	w3, v1.s[1]\n"
		      "	umov	w4, v2.h[3]\n"
		      "	umov	w5, v4.s[2]\n"
		      "	umov	x6, v6.d[0]\n"
		      "	stp	x1, x2, [x9]\n"
		      "	stp	w3, w4, [x9, #16]\n"
		      "	str	w5, [x9, #24]\n"
		      "	str	x6, [x9, #32]\n"
		      "	str	q0, [x9, #48]\n"
		      "	add	x8, x0, #64\n"
		      "	st1	{v2.8h}, [x8]\n");

static void fresh(void)
{
	for (unsigned int k = 0; k < sizeof(buf); k++)
		buf[k] = k < OUT ? (uint8_t)(k + 1) : 0;
}

/* What @n bytes at @at are in big-endian order. */
static uint64_t be(unsigned int at, unsigned int n)
{
	uint64_t val = 0;

	while (n--)
		val = val << 8 | buf[at++];
	return val;
}

static void plain_left(void)
{
	CHECK_EQ(be(OUT, 1), 0x01);
	CHECK_EQ(be(OUT + 1, 2), 0x0304);
	CHECK_EQ(be(OUT + 4, 4), 0x04050607);
	CHECK_EQ(be(OUT + 9, 8), 0x060708090a0b0c0d);
	CHECK_EQ(be(OUT + 24, 8), 0x090a);
	CHECK_EQ(be(OUT + 32, 8), 0x0d0e0f10);
	CHECK_EQ(be(OUT + 40, 8), 0x1112131415161718);
	CHECK_EQ(be(OUT + 48, 8), 0x191a1b1c1d1e1f20);
	CHECK_EQ(be(OUT + 56, 8), 0x21222324);
	CHECK_EQ(be(OUT + 64, 8), 0x25262728);
	CHECK_EQ(be(OUT + 72, 4), 0x25262728);
	CHECK_EQ(be(OUT + 76, 4), 0x21222324);
}

static void exclusives_left(void)
{
	CHECK_EQ(be(OUT, 8), 0x01020304);
	CHECK_EQ(be(0, 8), 0x0102030405060709);
	CHECK_EQ(be(16, 8), 0x191a1b1c1d1e1f20);
	CHECK_EQ(be(24, 8), 0x1112131415161718);
	CHECK_EQ(be(34, 2), 0x1234);
	CHECK_EQ(be(OUT + 8, 8), 0x1112131415161718);
	CHECK_EQ(be(OUT + 16, 8), 0x191a1b1c1d1e1f20);
}

static void atomics_left(void)
{
	CHECK_EQ(be(0, 8), 0x0102030405060709);
	CHECK_EQ(be(8, 4), 0x11220b0c);
	CHECK_EQ(be(16, 4), 7);
	CHECK_EQ(be(OUT, 8), 0x0102030405060708);
	CHECK_EQ(be(OUT + 8, 8), 0x090a);
}

static void vectors_left(void)
{
	CHECK_EQ(be(OUT, 8), 0x090a0b0c0d0e0f10);
	CHECK_EQ(be(OUT + 8, 8), 0x0102030405060708);
	CHECK_EQ(be(OUT + 16, 4), 0x05060708);
	CHECK_EQ(be(OUT + 20, 4), 0x0708);
	CHECK_EQ(be(OUT + 24, 4), 0x15161718);
	CHECK_EQ(be(OUT + 32, 8), 0x090a0b0c0d0e0f10);
	CHECK_EQ(be(OUT + 48, 8), 0x0102030405060708);
	CHECK_EQ(be(OUT + 56, 8), 0x090a0b0c0d0e0f10);
	CHECK_EQ(be(64, 8), 0x0102030405060708);
	CHECK_EQ(be(72, 8), 0x090a0b0c0d0e0f10);
}

static const struct piece {
	void (*code)(void *arg);
	void (*left)(void);
	unsigned int isar0_shift; /* 64: it takes no feature */
} pieces[] = {
	{plain, plain_left, 64},
	{exclusives, exclusives_left, 64},
	{atomics, atomics_left, 20},
	{vectors_of_data, vectors_left, 64},
};

static bool has(const struct piece *p)
{
	return p->isar0_shift == 64 ||
	       read_sysreg(id_aa64isar0_el1) >> p->isar0_shift & 0xf;
}

static uint64_t user_stack[64] __attribute__((aligned(4096)));

static void at_el1(const struct piece *p)
{
	fresh();
	big_call(p->code, buf, big_l1, read_sysreg(sctlr_el1) | SCTLR_EE);
	p->left();
}

static void at_el0(const struct piece *p)
{
	const uint64_t sctlr = read_sysreg(sctlr_el1);

	fresh();
	write_sysreg(sctlr_el1, sctlr | SCTLR_E0E);
	isb();
	call_el0((uint64_t(*)(uint64_t))USER(p->code), USER(buf),
		 USER(user_stack + 64), USER(el0_return));
	write_sysreg(sctlr_el1, sctlr);
	isb();
	p->left();
}

void guest_main(void)
{
	const uint64_t mmfr0 = read_sysreg(id_aa64mmfr0_el1);

	if (!(mmfr0 >> 8 & 0xf)) {
		print("big-endian data: not on this CPU\n");
		CHECK_EQ(read_sysreg(sctlr_el1) & SCTLR_EE, 0);
		return;
	}
	for (unsigned int i = 0; i < 512; i++)
		big_l1[i] = __builtin_bswap64(identity_l1[i]);
	map_user();
	for (unsigned int k = 0; k < sizeof(pieces) / sizeof(*pieces); k++)
		if (has(&pieces[k])) {
			at_el1(&pieces[k]);
			at_el0(&pieces[k]);
		}
}
