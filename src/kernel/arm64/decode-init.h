/* SPDX-License-Identifier: MIT */
/*
 * struct kvm_vcpu_init for traces: the targets and features of one ABI of Arm.
 */
#ifndef FAUXKVM_KERNEL_ARM64_DECODE_INIT_H
#define FAUXKVM_KERNEL_ARM64_DECODE_INIT_H

#include "kernel/decode.h"

/* Rows of struct decode_field. @targets_, @features_: struct decode_name[]. */
#define DECODE_INIT_FIELDS(way_, targets_, features_)                          \
	FIELD_OF(kvm_vcpu_init, target, DECODE_ENUM, way_, .names = targets_), \
		{.name = "features",                                           \
		 .at = offsetof(struct kvm_vcpu_init, features),               \
		 .size = 4,                                                    \
		 .kind = DECODE_FLAGS,                                         \
		 .way = way_,                                                  \
		 .names = features_},                                          \
	{                                                                      \
		.name = "features_1_6",                                        \
		.at = offsetof(struct kvm_vcpu_init, features[1]), .size = 24, \
		.kind = DECODE_PAD, .way = way_                                \
	}

#endif
