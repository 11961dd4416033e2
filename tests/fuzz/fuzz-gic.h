/* SPDX-License-Identifier: MIT */
/* Operations of fuzz-ioctl on interrupt controllers, see fuzz-gic.c. */
#ifndef FAUXKVM_TESTS_FUZZ_GIC_H
#define FAUXKVM_TESTS_FUZZ_GIC_H

#include "fuzz.h"
#include "kernel/kernel.h"

typedef long fuzz_request(struct kobj *obj, unsigned int cmd,
			  unsigned long arg);

/* @scratch: 128 bytes of the arena. @dev may be any device. */
void fuzz_attribute(struct fuzz_input *in, fuzz_request *request,
		    struct kobj *dev, uint8_t *scratch);
void fuzz_its(struct fuzz_input *in, fuzz_request *request, struct kobj *dev,
	      uint8_t *scratch);
void fuzz_msi(struct fuzz_input *in, fuzz_request *request, struct kobj *vm,
	      uint8_t *scratch);

#endif
