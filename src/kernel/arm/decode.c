/* SPDX-License-Identifier: MIT */
/*
 * Rows for the requests that only KVM for Arm has, and names of 32-bit Arm's
 * registers, for traces (kernel/decode.h).
 */
#include "kernel/arm/arm.h"
#include "kernel/arm64/decode-init.h"

static const struct decode_name targets[] = {
	{HOST_TARGET_CORTEX_A15, "KVM_ARM_TARGET_CORTEX_A15"},
	{HOST_TARGET_CORTEX_A7, "KVM_ARM_TARGET_CORTEX_A7"},
	{0, NULL},
};
static const struct decode_name features[] = {
	{1u << ARM_VCPU_POWER_OFF, "KVM_ARM_VCPU_POWER_OFF"},
	{1u << ARM_VCPU_PSCI_0_2, "KVM_ARM_VCPU_PSCI_0_2"},
	{0, NULL},
};

static const struct decode_field init[] = {
	DECODE_INIT_FIELDS(DECODE_IN, targets, features)};
static const struct decode_field preferred[] = {
	DECODE_INIT_FIELDS(DECODE_OUT, targets, features)};
static const struct decode_fields init_fields = FIELDS_OF(init, kvm_vcpu_init);
static const struct decode_fields preferred_fields =
	FIELDS_OF(preferred, kvm_vcpu_init);

static const struct decode_request requests[] = {
	REQUEST_POINTS(KVM_ARM_SET_DEVICE_ADDR, arm64_decode_device_addr),
	REQUEST_POINTS(KVM_ARM_PREFERRED_TARGET, preferred_fields),
	REQUEST_POINTS(KVM_ARM_VCPU_INIT, init_fields),
	REQUEST_POINTS(KVM_ARM_VCPU_FINALIZE, arm64_decode_finalize),
	REQUEST_POINTS(KVM_GET_VCPU_EVENTS, arm64_decode_get_events),
	REQUEST_POINTS(KVM_SET_VCPU_EVENTS, arm64_decode_set_events),
	REQUEST_FOREIGN(KVM_SET_GUEST_DEBUG),
};

static const struct decode_exit exits[] = {{0, NULL}};

static const struct decode_name device_types[] = {
	DECODE_NAME(KVM_DEV_TYPE_VFIO),
	DECODE_NAME(KVM_DEV_TYPE_ARM_VGIC_V2),
	DECODE_NAME(KVM_DEV_TYPE_ARM_VGIC_V3),
	DECODE_NAME(KVM_DEV_TYPE_ARM_VGIC_ITS),
	{0, NULL},
};

const struct decode_table arm_decode = {
	.request = requests,
	.nr_requests = ARRAY_SIZE(requests),
	.exit = exits,
	.device_types = device_types,
	.reg_name = arm_onereg_name,
	.irq = arm64_decode_irq_line,
};
