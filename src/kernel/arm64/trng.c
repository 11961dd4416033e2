/* SPDX-License-Identifier: MIT */
/*
 * Random numbers: the true random number generator firmware interface 1.0 (DEN
 * 0098), a standard secure service of SMCCC, and RNDR and RNDRRS.
 */
#include "kernel/arm64/smccc.h"

#include <string.h>
#include <sys/random.h>

#include "kernel/arm64/arm64.h"

#define ENC_RNDR   SYSREG_ENC(3, 3, 2, 4, 0)
#define ENC_RNDRRS SYSREG_ENC(3, 3, 2, 4, 1)

enum {
	TRNG_SUCCESS = 0,
	TRNG_NOT_SUPPORTED = -1,
	TRNG_INVALID_PARAMETER = -2,
	TRNG_NO_ENTROPY = -3,
};

#define TRNG_VERSION_1_0 0x10000
#define TRNG_MAX_WORDS   3

/* 0d21e000-4384-11eb-8070-5244554e5a4c, as four little-endian words. */
static const uint32_t trng_uuid[4] = {0x00e0210d, 0xeb118443, 0x44527080,
				      0x4c5a4e55};

/* splitmix64 (Steele, Lea, Flood 2014): a counter, mixed. */
static uint64_t trng_counted(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Where time is counted a run is the same each time, and so is this. */
static bool trng_bits(struct vcpu *vcpu, uint64_t *bits, size_t size)
{
	if (!vcpu->vm->turns)
		return getrandom(bits, size, 0) == (ssize_t)size;
	for (size_t i = 0; i < size / sizeof(*bits); i++)
		bits[i] = trng_counted(&vm_arm64(vcpu->vm)->trng_state);
	return true;
}

enum cpu_sysreg_result trng_sysreg(struct vcpu *vcpu, uint32_t enc,
				   uint64_t *val)
{
	if (enc != ENC_RNDR && enc != ENC_RNDRRS)
		return CPU_SYSREG_UNDEF;
	return trng_bits(vcpu, val, sizeof(*val)) ? CPU_SYSREG_OK
						  : CPU_SYSREG_EMPTY;
}

static int trng_random(struct vcpu *vcpu, unsigned int word_bits)
{
	uint32_t want = cpu_of(vcpu)->x[1];
	uint64_t bits[TRNG_MAX_WORDS] = {0};

	if (want > TRNG_MAX_WORDS * word_bits) {
		smccc_return(vcpu, TRNG_INVALID_PARAMETER, 0, 0, 0);
		return 1;
	}
	if (!trng_bits(vcpu, bits, sizeof(bits))) {
		smccc_return(vcpu, TRNG_NO_ENTROPY, 0, 0, 0);
		return 1;
	}
	for (unsigned int k = 0; k < TRNG_MAX_WORDS; k++) {
		uint32_t have = k * 64;

		if (want <= have)
			bits[k] = 0;
		else if (want - have < 64)
			bits[k] &= BIT(want - have) - 1;
	}
	if (word_bits == 32)
		smccc_return(vcpu, TRNG_SUCCESS, (uint32_t)bits[1],
			     bits[0] >> 32, (uint32_t)bits[0]);
	else
		smccc_return(vcpu, TRNG_SUCCESS, bits[2], bits[1], bits[0]);
	return 1;
}

int trng_call(struct vcpu *vcpu, uint32_t fn)
{
	int64_t ret = TRNG_NOT_SUPPORTED;

	switch (fn) {
	case SMCCC_TRNG_VERSION: ret = TRNG_VERSION_1_0; break;
	case SMCCC_TRNG_FEATURES:
		if (smccc_is_trng((uint32_t)cpu_of(vcpu)->x[1]))
			ret = TRNG_SUCCESS;
		break;
	case SMCCC_TRNG_GET_UUID:
		smccc_return(vcpu, trng_uuid[0], trng_uuid[1], trng_uuid[2],
			     trng_uuid[3]);
		return 1;
	case SMCCC_TRNG_RND32: return trng_random(vcpu, 32);
	case SMCCC_TRNG_RND64: return trng_random(vcpu, 64);
	}
	smccc_return(vcpu, ret, 0, 0, 0);
	return 1;
}
