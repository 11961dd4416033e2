/* SPDX-License-Identifier: MIT */
/*
 * Two requests of a VM descriptor that set an attribute of an in-kernel device:
 * the draft of what became the device API, and its reviewed variant. Linux has
 * neither; fauxkvm has them when asked for (fauxkvm run --draft-device-attr, or
 * FAUXKVM_DRAFT_DEVICE_ATTR=1 in the VMM's environment).
 *
 * Source: the discussion of January 2013 about KVM_SET_DEVICE_ADDRESS, before
 * KVM_CREATE_DEVICE. The shapes are the discussion's; it fixed no numbers, so
 * those of requests, devices and attributes are fauxkvm's choice.
 * docs/device-attr.md has the whole story. Usable beside <linux/kvm.h>.
 */
#ifndef FAUXKVM_DEVICE_ATTR_DRAFT_H
#define FAUXKVM_DEVICE_ATTR_DRAFT_H

#include <stdint.h>

/* The draft: @value itself is set. */
struct kvm_device_attr_draft {
	uint32_t device; /* KVM_DRAFT_DEVICE_* */
	uint32_t attr;   /* an attribute of that device */
	uint64_t value;  /* of a 32-bit attribute at most UINT32_MAX */
};

/* The reviewed variant: what @size bytes at @addr hold is set. */
struct kvm_device_attr_draft_addr {
	uint32_t device;
	uint32_t attr;
	uint32_t size; /* exactly the attribute's: 4 or 8 */
	uint32_t pad;  /* 0 */
	uint64_t addr; /* where it is, in the VMM's memory */
};

_Static_assert(sizeof(struct kvm_device_attr_draft) == 16, "draft");
_Static_assert(sizeof(struct kvm_device_attr_draft_addr) == 24, "variant");

/*
 * 0, or -1 and errno, the first of these that holds:
 *   EIO, EFAULT  as any request of a VM descriptor
 *   EINVAL       pad is not 0
 *   ENODEV       no device has this id, or the VM has no such device (yet)
 *   ENXIO        this host cannot do such a device
 *   EINVAL       the device has no such attribute; size is not the
 *                attribute's, or value does not fit
 *   other        what KVM_SET_DEVICE_ATTR answers for that attribute
 * Without the option: EINVAL, whatever the argument, as of any number that
 * KVM for arm64 does not know. So { .device = UINT32_MAX } asks whether the
 * requests are there: ENODEV says yes.
 */
#ifdef FK_IOW
#define KVM_SET_DEVICE_ATTR_DRAFT FK_IOW(0xf8, struct kvm_device_attr_draft)
#define KVM_SET_DEVICE_ATTR_DRAFT_ADDR \
	FK_IOW(0xf9, struct kvm_device_attr_draft_addr)
#elif !defined(FAUXKVM_ABI_COMMON)
#include <linux/ioctl.h>
#define KVM_SET_DEVICE_ATTR_DRAFT _IOW(0xAE, 0xf8, struct kvm_device_attr_draft)
#define KVM_SET_DEVICE_ATTR_DRAFT_ADDR \
	_IOW(0xAE, 0xf9, struct kvm_device_attr_draft_addr)
#endif

/* Devices: the numbers that KVM_CREATE_DEVICE has for them since. */
#define KVM_DRAFT_DEVICE_MPIC        1 /* FSL_MPIC_20; ENXIO on arm64 */
#define KVM_DRAFT_DEVICE_ARM_VGIC_V2 5
#define KVM_DRAFT_DEVICE_ARM_VGIC_V3 7
/* All of them, a bit each: other ids get ENODEV on every host. */
#define KVM_DRAFT_DEVICES                                                   \
	(1u << KVM_DRAFT_DEVICE_MPIC | 1u << KVM_DRAFT_DEVICE_ARM_VGIC_V2 | \
	 1u << KVM_DRAFT_DEVICE_ARM_VGIC_V3)

/*
 * Attributes of the VGICs. Guest physical addresses have 64 bits, are set once
 * (EEXIST), lie inside the VM's IPA space (E2BIG) and are aligned (EINVAL).
 */
#define KVM_DRAFT_VGIC_DIST_ADDR     1 /* v2: 4 KiB of 4 KiB; v3: 64 of 64 */
#define KVM_DRAFT_VGIC_CPU_ADDR      2 /* v2: 8 KiB, aligned to 4 KiB */
#define KVM_DRAFT_VGIC_REDIST_ADDR   3 /* v3: 128 KiB a vCPU, aligned to 64 */
#define KVM_DRAFT_VGIC_REDIST_REGION 4 /* v3: count << 52 | base | index */
/* 32 bits: 64..992, a multiple of 32 (EINVAL); once (EBUSY). */
#define KVM_DRAFT_VGIC_NR_IRQS 5

/* Attributes of the MPIC: reserved numbers, no row has them yet. */
#define KVM_DRAFT_MPIC_VENDOR    1
#define KVM_DRAFT_MPIC_VERSION   2
#define KVM_DRAFT_MPIC_BASE_ADDR 3

#endif
