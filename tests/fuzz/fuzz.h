/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share. A target is LLVMFuzzerTestOneInput(); fuzz.c
 * has a main() that feeds it random inputs from a printed seed, so that a
 * compiler without libFuzzer runs it too:
 *
 *   fuzz-ioctl                FUZZ_SECONDS (default 5) of random inputs
 *   fuzz-ioctl FILE...        these inputs, as libFuzzer's own driver does
 *
 * FUZZ_SEED names a run, FUZZ_RUNS its length instead of a time. fuzz-ioctl's VMs
 * count their time with FUZZ_CLOCK=cycles.
 */
#ifndef FAUXKVM_TESTS_FUZZ_H
#define FAUXKVM_TESTS_FUZZ_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The longest input of the driver in fuzz.c. */
extern const size_t fuzz_input_max;

/* An input read from the front; zeroes after its end. */
struct fuzz_input {
	const uint8_t *at, *end;
};

static inline bool fuzz_empty(const struct fuzz_input *in)
{
	return in->at == in->end;
}

static inline uint64_t fuzz_bytes(struct fuzz_input *in, size_t n)
{
	size_t left = in->end - in->at;
	uint64_t v = 0;

	if (n > left)
		n = left;
	memcpy(&v, in->at, n);
	in->at += n;
	return v;
}

#define fuzz_u8(in)  ((uint8_t)fuzz_bytes(in, 1))
#define fuzz_u16(in) ((uint16_t)fuzz_bytes(in, 2))
#define fuzz_u32(in) ((uint32_t)fuzz_bytes(in, 4))
#define fuzz_u64(in) fuzz_bytes(in, 8)

/* 0 .. n-1 */
static inline uint32_t fuzz_below(struct fuzz_input *in, uint32_t n)
{
	return (n <= 256 ? fuzz_u8(in) : fuzz_u32(in)) % n;
}

/* A broken invariant: says what, in which input, and aborts. */
__attribute__((format(printf, 1, 2), noreturn)) static inline void fuzz_fail(
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

#endif
