/* SPDX-License-Identifier: MIT */
/*
 * The KVM user-space ABI (Linux 6.12), as far as the architectures share it:
 * structures, request numbers, capabilities, exits. Written for this project
 * from the ABI's facts; <linux/kvm.h> cannot be used, since on an x86-64
 * machine it brings x86 structures. Compiles on any host; every layout is
 * asserted.
 *
 * Which architecture's ABI it is says the including file, by a macro defined
 * before the first include:
 *   FAUXKVM_ABI_ARM64   arm64, fauxkvm/kvm-arm64.h (the default)
 *   FAUXKVM_ABI_ARM     32-bit Arm's until Linux 5.6, fauxkvm/kvm-arm.h (the
 *                       default of a program of 32 bits)
 *   FAUXKVM_ABI_PPC     PowerPC, fauxkvm/kvm-ppc.h
 *   FAUXKVM_ABI_COMMON  only what is the same in all: no request numbers, and
 *                       no member that an architecture defines
 */
#ifndef FAUXKVM_KVM_H
#define FAUXKVM_KVM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define FK_ASSERT static_assert
#else
#define FK_ASSERT _Static_assert
#endif
#define FK_ASSERT_SIZE(type, bytes) \
	FK_ASSERT(sizeof(type) == (bytes), "size of " #type)
#define FK_ASSERT_OFFSET(type, member, bytes)        \
	FK_ASSERT(offsetof(type, member) == (bytes), \
		  "offset of " #type "." #member)

/* ---- the architecture ---------------------------------------------------- */

/*
 * Its header has the structures that struct kvm_run, KVM_GET_REGS and others
 * are made of, and the layout of a request number: FK_IOC_NONE, FK_IOC_WRITE
 * (the kernel reads), FK_IOC_READ (the kernel writes), where they begin
 * (FK_IOC_DIR_SHIFT) and how many bits the argument's size has.
 */
#if defined(FAUXKVM_ABI_PPC)
#include <fauxkvm/kvm-ppc.h>
#elif defined(FAUXKVM_ABI_ARM) ||                                    \
	(UINTPTR_MAX == UINT32_MAX && !defined(FAUXKVM_ABI_ARM64) && \
	 !defined(FAUXKVM_ABI_COMMON))
#ifndef FAUXKVM_ABI_ARM
#define FAUXKVM_ABI_ARM
#endif
#include <fauxkvm/kvm-arm.h>
#elif !defined(FAUXKVM_ABI_COMMON)
#ifndef FAUXKVM_ABI_ARM64
#define FAUXKVM_ABI_ARM64
#endif
#include <fauxkvm/kvm-arm64.h>
#endif

#define KVM_API_VERSION 12

/* ---- memory -------------------------------------------------------------- */

struct kvm_userspace_memory_region {
	uint32_t slot;
	uint32_t flags;
	uint64_t guest_phys_addr;
	uint64_t memory_size;
	uint64_t userspace_addr;
};
FK_ASSERT_SIZE(struct kvm_userspace_memory_region, 32);

struct kvm_userspace_memory_region2 {
	uint32_t slot;
	uint32_t flags;
	uint64_t guest_phys_addr;
	uint64_t memory_size;
	uint64_t userspace_addr;
	uint64_t guest_memfd_offset;
	uint32_t guest_memfd;
	uint32_t pad1;
	uint64_t pad2[14];
};
FK_ASSERT_SIZE(struct kvm_userspace_memory_region2, 160);

#define KVM_MEM_LOG_DIRTY_PAGES (1UL << 0)
#define KVM_MEM_READONLY        (1UL << 1)
#define KVM_MEM_GUEST_MEMFD     (1UL << 2)

struct kvm_dirty_log {
	uint32_t slot;
	uint32_t padding1;
	union {
		void *dirty_bitmap;
		uint64_t padding2;
	};
};
FK_ASSERT_SIZE(struct kvm_dirty_log, 16);

struct kvm_clear_dirty_log {
	uint32_t slot;
	uint32_t num_pages;
	uint64_t first_page;
	union {
		void *dirty_bitmap;
		uint64_t padding2;
	};
};
FK_ASSERT_SIZE(struct kvm_clear_dirty_log, 24);

#define KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE (1 << 0)
#define KVM_DIRTY_LOG_INITIALLY_SET         (1 << 1)

struct kvm_dirty_gfn {
	uint32_t flags;
	uint32_t slot;
	uint64_t offset;
};
FK_ASSERT_SIZE(struct kvm_dirty_gfn, 16);

#define KVM_DIRTY_GFN_F_DIRTY     (1UL << 0)
#define KVM_DIRTY_GFN_F_RESET     (1UL << 1)
#define KVM_DIRTY_GFN_F_MASK      0x3
#define KVM_DIRTY_LOG_PAGE_OFFSET 64

struct kvm_coalesced_mmio_zone {
	uint64_t addr;
	uint32_t size;
	union {
		uint32_t pad;
		uint32_t pio;
	};
};
FK_ASSERT_SIZE(struct kvm_coalesced_mmio_zone, 16);

struct kvm_coalesced_mmio {
	uint64_t phys_addr;
	uint32_t len;
	union {
		uint32_t pad;
		uint32_t pio;
	};
	uint8_t data[8];
};
FK_ASSERT_SIZE(struct kvm_coalesced_mmio, 24);

struct kvm_coalesced_mmio_ring {
	uint32_t first, last;
	struct kvm_coalesced_mmio coalesced_mmio[];
};
FK_ASSERT_SIZE(struct kvm_coalesced_mmio_ring, 8);

#define KVM_COALESCED_MMIO_PAGE_OFFSET 1
/* Entries of the ring: it fills one 4 KiB page. */
#define KVM_COALESCED_MMIO_MAX                             \
	((4096 - sizeof(struct kvm_coalesced_mmio_ring)) / \
	 sizeof(struct kvm_coalesced_mmio))

/* ---- interrupts and events ----------------------------------------------- */

struct kvm_irq_level {
	union {
		uint32_t irq;
		int32_t status;
	};
	uint32_t level;
};
FK_ASSERT_SIZE(struct kvm_irq_level, 8);

struct kvm_irq_routing_irqchip {
	uint32_t irqchip;
	uint32_t pin;
};

struct kvm_irq_routing_msi {
	uint32_t address_lo;
	uint32_t address_hi;
	uint32_t data;
	union {
		uint32_t pad;
		uint32_t devid;
	};
};

#define KVM_IRQ_ROUTING_IRQCHIP 1
#define KVM_IRQ_ROUTING_MSI     2

struct kvm_irq_routing_entry {
	uint32_t gsi;
	uint32_t type;
	uint32_t flags;
	uint32_t pad;
	union {
		struct kvm_irq_routing_irqchip irqchip;
		struct kvm_irq_routing_msi msi;
		uint32_t pad[8];
	} u;
};
FK_ASSERT_SIZE(struct kvm_irq_routing_entry, 48);

struct kvm_irq_routing {
	uint32_t nr;
	uint32_t flags;
	struct kvm_irq_routing_entry entries[];
};
FK_ASSERT_SIZE(struct kvm_irq_routing, 8);

#define KVM_IRQFD_FLAG_DEASSIGN (1 << 0)
#define KVM_IRQFD_FLAG_RESAMPLE (1 << 1)

struct kvm_irqfd {
	uint32_t fd;
	uint32_t gsi;
	uint32_t flags;
	uint32_t resamplefd;
	uint8_t pad[16];
};
FK_ASSERT_SIZE(struct kvm_irqfd, 32);

#define KVM_IOEVENTFD_FLAG_DATAMATCH         (1 << 0)
#define KVM_IOEVENTFD_FLAG_PIO               (1 << 1)
#define KVM_IOEVENTFD_FLAG_DEASSIGN          (1 << 2)
#define KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY (1 << 3)
#define KVM_IOEVENTFD_FLAG_FAST_MMIO         (1 << 4)
#define KVM_IOEVENTFD_VALID_FLAG_MASK        0x1f

struct kvm_ioeventfd {
	uint64_t datamatch;
	uint64_t addr;
	uint32_t len;
	int32_t fd;
	uint32_t flags;
	uint8_t pad[36];
};
FK_ASSERT_SIZE(struct kvm_ioeventfd, 64);

#define KVM_MSI_VALID_DEVID (1U << 0)

struct kvm_msi {
	uint32_t address_lo;
	uint32_t address_hi;
	uint32_t data;
	uint32_t flags;
	uint32_t devid;
	uint8_t pad[12];
};
FK_ASSERT_SIZE(struct kvm_msi, 32);

/* ---- capabilities, devices, statistics ----------------------------------- */

struct kvm_enable_cap {
	uint32_t cap;
	uint32_t flags;
	uint64_t args[4];
	uint8_t pad[64];
};
FK_ASSERT_SIZE(struct kvm_enable_cap, 104);

#define KVM_CREATE_DEVICE_TEST 1

struct kvm_create_device {
	uint32_t type;
	uint32_t fd;
	uint32_t flags;
};
FK_ASSERT_SIZE(struct kvm_create_device, 12);

struct kvm_device_attr {
	uint32_t flags;
	uint32_t group;
	uint64_t attr;
	uint64_t addr;
};
FK_ASSERT_SIZE(struct kvm_device_attr, 24);

enum kvm_device_type {
	KVM_DEV_TYPE_FSL_MPIC_20 = 1,
	KVM_DEV_TYPE_FSL_MPIC_42 = 2,
	KVM_DEV_TYPE_XICS = 3,
	KVM_DEV_TYPE_VFIO = 4,
	KVM_DEV_TYPE_ARM_VGIC_V2 = 5,
	KVM_DEV_TYPE_FLIC = 6,
	KVM_DEV_TYPE_ARM_VGIC_V3 = 7,
	KVM_DEV_TYPE_ARM_VGIC_ITS = 8,
	KVM_DEV_TYPE_XIVE = 9,
	KVM_DEV_TYPE_ARM_PV_TIME = 10,
	KVM_DEV_TYPE_RISCV_AIA = 11,
	KVM_DEV_TYPE_MAX = 12,
};

#define KVM_DEV_VFIO_FILE      1
#define KVM_DEV_VFIO_FILE_ADD  1
#define KVM_DEV_VFIO_FILE_DEL  2
#define KVM_DEV_VFIO_GROUP     KVM_DEV_VFIO_FILE
#define KVM_DEV_VFIO_GROUP_ADD KVM_DEV_VFIO_FILE_ADD
#define KVM_DEV_VFIO_GROUP_DEL KVM_DEV_VFIO_FILE_DEL

struct kvm_stats_header {
	uint32_t flags;
	uint32_t name_size;
	uint32_t num_desc;
	uint32_t id_offset;
	uint32_t desc_offset;
	uint32_t data_offset;
};
FK_ASSERT_SIZE(struct kvm_stats_header, 24);

#define KVM_STATS_TYPE_CUMULATIVE  (0x0 << 0)
#define KVM_STATS_TYPE_INSTANT     (0x1 << 0)
#define KVM_STATS_TYPE_PEAK        (0x2 << 0)
#define KVM_STATS_TYPE_LINEAR_HIST (0x3 << 0)
#define KVM_STATS_TYPE_LOG_HIST    (0x4 << 0)
#define KVM_STATS_TYPE_MASK        (0xf << 0)
#define KVM_STATS_UNIT_NONE        (0x0 << 4)
#define KVM_STATS_UNIT_BYTES       (0x1 << 4)
#define KVM_STATS_UNIT_SECONDS     (0x2 << 4)
#define KVM_STATS_UNIT_CYCLES      (0x3 << 4)
#define KVM_STATS_UNIT_BOOLEAN     (0x4 << 4)
#define KVM_STATS_UNIT_MASK        (0xf << 4)
#define KVM_STATS_BASE_POW10       (0x0 << 8)
#define KVM_STATS_BASE_POW2        (0x1 << 8)
#define KVM_STATS_BASE_MASK        (0xf << 8)

struct kvm_stats_desc {
	uint32_t flags;
	int16_t exponent;
	uint16_t size;
	uint32_t offset;
	uint32_t bucket_size;
	char name[];
};
FK_ASSERT_SIZE(struct kvm_stats_desc, 16);

/* ---- vCPU ---------------------------------------------------------------- */

struct kvm_one_reg {
	uint64_t id;
	uint64_t addr;
};
FK_ASSERT_SIZE(struct kvm_one_reg, 16);

struct kvm_reg_list {
	uint64_t n;
	uint64_t reg[];
};
FK_ASSERT_SIZE(struct kvm_reg_list, 8);

struct kvm_mp_state {
	uint32_t mp_state;
};
FK_ASSERT_SIZE(struct kvm_mp_state, 4);

#define KVM_MP_STATE_RUNNABLE  0
#define KVM_MP_STATE_STOPPED   5
#define KVM_MP_STATE_SUSPENDED 10

struct kvm_signal_mask {
	uint32_t len;
	uint8_t sigset[];
};
FK_ASSERT_SIZE(struct kvm_signal_mask, 4);

struct kvm_translation {
	uint64_t linear_address;
	uint64_t physical_address;
	uint8_t valid;
	uint8_t writeable;
	uint8_t usermode;
	uint8_t pad[5];
};
FK_ASSERT_SIZE(struct kvm_translation, 24);

#define KVM_GUESTDBG_ENABLE     (1 << 0)
#define KVM_GUESTDBG_SINGLESTEP (1 << 1)

struct kvm_guest_debug {
	uint32_t control;
	uint32_t pad;
#ifndef FAUXKVM_ABI_COMMON
	struct kvm_guest_debug_arch arch;
#endif
};

/* ---- struct kvm_run ------------------------------------------------------ */

#define KVM_EXIT_UNKNOWN         0
#define KVM_EXIT_EXCEPTION       1
#define KVM_EXIT_IO              2
#define KVM_EXIT_HYPERCALL       3
#define KVM_EXIT_DEBUG           4
#define KVM_EXIT_HLT             5
#define KVM_EXIT_MMIO            6
#define KVM_EXIT_IRQ_WINDOW_OPEN 7
#define KVM_EXIT_SHUTDOWN        8
#define KVM_EXIT_FAIL_ENTRY      9
#define KVM_EXIT_INTR            10
#define KVM_EXIT_INTERNAL_ERROR  17
#define KVM_EXIT_OSI             18
#define KVM_EXIT_PAPR_HCALL      19
#define KVM_EXIT_WATCHDOG        21
#define KVM_EXIT_EPR             23
#define KVM_EXIT_SYSTEM_EVENT    24
#define KVM_EXIT_ARM_NISV        28
#define KVM_EXIT_DIRTY_RING_FULL 31
#define KVM_EXIT_MEMORY_FAULT    39

#define KVM_SYSTEM_EVENT_SHUTDOWN 1
#define KVM_SYSTEM_EVENT_RESET    2
#define KVM_SYSTEM_EVENT_CRASH    3
#define KVM_SYSTEM_EVENT_WAKEUP   4
#define KVM_SYSTEM_EVENT_SUSPEND  5

#define KVM_HYPERCALL_EXIT_SMC   (1U << 0)
#define KVM_HYPERCALL_EXIT_16BIT (1U << 1)

struct kvm_run {
	/* in */
	uint8_t request_interrupt_window;
	uint8_t immediate_exit;
	uint8_t padding1[6];

	/* out */
	uint32_t exit_reason;
	uint8_t ready_for_interrupt_injection;
	uint8_t if_flag;
	uint16_t flags;

	/* in and out */
	uint64_t cr8;
	uint64_t apic_base;

	union {
		struct {
			uint64_t hardware_exit_reason;
		} hw;
		struct {
			uint64_t hardware_entry_failure_reason;
			uint32_t cpu;
		} fail_entry;
#ifndef FAUXKVM_ABI_COMMON
		struct {
			struct kvm_debug_exit_arch arch;
		} debug;
#endif
		struct {
			uint64_t phys_addr;
			uint8_t data[8];
			uint32_t len;
			uint8_t is_write;
		} mmio;
		struct {
			uint64_t nr;
			uint64_t args[6];
			uint64_t ret;
			union {
				uint32_t longmode;
				uint64_t flags;
			};
		} hypercall;
		struct {
			uint32_t suberror;
			uint32_t ndata;
			uint64_t data[16];
		} internal;
		struct {
			uint64_t gprs[32];
		} osi;
		struct {
			uint64_t nr;
			uint64_t ret;
			uint64_t args[9];
		} papr_hcall;
		struct {
			uint32_t epr;
		} epr;
		struct {
			uint32_t type;
			uint32_t ndata;
			union {
				uint64_t flags;
				uint64_t data[16];
			};
		} system_event;
		struct {
			uint64_t esr_iss;
			uint64_t fault_ipa;
		} arm_nisv;
		struct {
			uint64_t flags;
			uint64_t gpa;
			uint64_t size;
		} memory_fault;
		char padding[256];
	};

	uint64_t kvm_valid_regs;
	uint64_t kvm_dirty_regs;
	union {
#ifndef FAUXKVM_ABI_COMMON
		struct kvm_sync_regs regs;
#endif
		char padding[2048];
	} s;
};
FK_ASSERT_SIZE(struct kvm_run, 2352);
FK_ASSERT_OFFSET(struct kvm_run, immediate_exit, 1);
FK_ASSERT_OFFSET(struct kvm_run, exit_reason, 8);
FK_ASSERT_OFFSET(struct kvm_run, flags, 14);
FK_ASSERT_OFFSET(struct kvm_run, mmio.phys_addr, 32);
FK_ASSERT_OFFSET(struct kvm_run, mmio.data, 40);
FK_ASSERT_OFFSET(struct kvm_run, mmio.len, 48);
FK_ASSERT_OFFSET(struct kvm_run, mmio.is_write, 52);
FK_ASSERT_OFFSET(struct kvm_run, hypercall.flags, 96);
FK_ASSERT_OFFSET(struct kvm_run, system_event.data, 40);
FK_ASSERT_OFFSET(struct kvm_run, kvm_valid_regs, 288);
FK_ASSERT_OFFSET(struct kvm_run, s, 304);

/* ---- request numbers ----------------------------------------------------- */

#define KVMIO 0xAE

#ifndef FAUXKVM_ABI_COMMON

/* Direction, argument size (from bit 16), type byte 15-8, number 7-0. */
#define FK_IOC(dir, nr, size)                                           \
	((uint32_t)(dir) << FK_IOC_DIR_SHIFT | (uint32_t)(size) << 16 | \
	 (uint32_t)KVMIO << 8 | (uint32_t)(nr))
#define FK_IO(nr)         FK_IOC(FK_IOC_NONE, nr, 0)
#define FK_IOW(nr, type)  FK_IOC(FK_IOC_WRITE, nr, sizeof(type))
#define FK_IOR(nr, type)  FK_IOC(FK_IOC_READ, nr, sizeof(type))
#define FK_IOWR(nr, type) FK_IOC(FK_IOC_READ | FK_IOC_WRITE, nr, sizeof(type))
#define FK_IOC_SIZE(cmd) \
	(((uint32_t)(cmd) >> 16) & ((1u << FK_IOC_SIZE_BITS) - 1))
#define FK_IOC_TYPE(cmd) (((uint32_t)(cmd) >> 8) & 0xff)

/* System descriptor. */
#define KVM_GET_API_VERSION    FK_IO(0x00)
#define KVM_CREATE_VM          FK_IO(0x01)
#define KVM_CHECK_EXTENSION    FK_IO(0x03) /* also on a VM */
#define KVM_GET_VCPU_MMAP_SIZE FK_IO(0x04)

/* VM descriptor. */
#define KVM_CREATE_VCPU   FK_IO(0x41)
#define KVM_GET_DIRTY_LOG FK_IOW(0x42, struct kvm_dirty_log)
#define KVM_SET_USER_MEMORY_REGION \
	FK_IOW(0x46, struct kvm_userspace_memory_region)
#define KVM_SET_USER_MEMORY_REGION2 \
	FK_IOW(0x49, struct kvm_userspace_memory_region2)
#define KVM_CREATE_IRQCHIP          FK_IO(0x60)
#define KVM_IRQ_LINE                FK_IOW(0x61, struct kvm_irq_level)
#define KVM_IRQ_LINE_STATUS         FK_IOWR(0x67, struct kvm_irq_level)
#define KVM_REGISTER_COALESCED_MMIO FK_IOW(0x67, struct kvm_coalesced_mmio_zone)
#define KVM_UNREGISTER_COALESCED_MMIO \
	FK_IOW(0x68, struct kvm_coalesced_mmio_zone)
#define KVM_SET_GSI_ROUTING   FK_IOW(0x6a, struct kvm_irq_routing)
#define KVM_IRQFD             FK_IOW(0x76, struct kvm_irqfd)
#define KVM_IOEVENTFD         FK_IOW(0x79, struct kvm_ioeventfd)
#define KVM_SIGNAL_MSI        FK_IOW(0xa5, struct kvm_msi)
#define KVM_CLEAR_DIRTY_LOG   FK_IOWR(0xc0, struct kvm_clear_dirty_log)
#define KVM_RESET_DIRTY_RINGS FK_IO(0xc7)
#define KVM_CREATE_DEVICE     FK_IOWR(0xe0, struct kvm_create_device)

/* VM and vCPU descriptors. */
#define KVM_ENABLE_CAP   FK_IOW(0xa3, struct kvm_enable_cap)
#define KVM_GET_STATS_FD FK_IO(0xce)

/* VM, vCPU and device descriptors. */
#define KVM_SET_DEVICE_ATTR FK_IOW(0xe1, struct kvm_device_attr)
#define KVM_GET_DEVICE_ATTR FK_IOW(0xe2, struct kvm_device_attr)
#define KVM_HAS_DEVICE_ATTR FK_IOW(0xe3, struct kvm_device_attr)

/* vCPU descriptor. */
#define KVM_RUN             FK_IO(0x80)
#define KVM_GET_REGS        FK_IOR(0x81, struct kvm_regs)
#define KVM_SET_REGS        FK_IOW(0x82, struct kvm_regs)
#define KVM_TRANSLATE       FK_IOWR(0x85, struct kvm_translation)
#define KVM_SET_SIGNAL_MASK FK_IOW(0x8b, struct kvm_signal_mask)
#define KVM_GET_MP_STATE    FK_IOR(0x98, struct kvm_mp_state)
#define KVM_SET_MP_STATE    FK_IOW(0x99, struct kvm_mp_state)
#define KVM_SET_GUEST_DEBUG FK_IOW(0x9b, struct kvm_guest_debug)
#define KVM_GET_ONE_REG     FK_IOW(0xab, struct kvm_one_reg)
#define KVM_SET_ONE_REG     FK_IOW(0xac, struct kvm_one_reg)
#define KVM_GET_REG_LIST    FK_IOWR(0xb0, struct kvm_reg_list)

#endif /* FAUXKVM_ABI_COMMON */

/* ---- register ids -------------------------------------------------------- */

#define KVM_REG_ARCH_MASK  0xff00000000000000ULL
#define KVM_REG_SIZE_SHIFT 52
#define KVM_REG_SIZE_MASK  0x00f0000000000000ULL
#define KVM_REG_SIZE_U8    0x0000000000000000ULL
#define KVM_REG_SIZE_U16   0x0010000000000000ULL
#define KVM_REG_SIZE_U32   0x0020000000000000ULL
#define KVM_REG_SIZE_U64   0x0030000000000000ULL
#define KVM_REG_SIZE_U128  0x0040000000000000ULL
#define KVM_REG_SIZE_U256  0x0050000000000000ULL
#define KVM_REG_SIZE_U512  0x0060000000000000ULL
#define KVM_REG_SIZE_U1024 0x0070000000000000ULL
#define KVM_REG_SIZE_U2048 0x0080000000000000ULL

/* ---- capability numbers -------------------------------------------------- */

#define KVM_CAP_IRQCHIP                     0
#define KVM_CAP_USER_MEMORY                 3
#define KVM_CAP_SET_TSS_ADDR                4
#define KVM_CAP_NR_VCPUS                    9
#define KVM_CAP_NR_MEMSLOTS                 10
#define KVM_CAP_MP_STATE                    14
#define KVM_CAP_COALESCED_MMIO              15
#define KVM_CAP_SYNC_MMU                    16
#define KVM_CAP_DESTROY_MEMORY_REGION_WORKS 21
#define KVM_CAP_USER_NMI                    22
#define KVM_CAP_SET_GUEST_DEBUG             23
#define KVM_CAP_IRQ_ROUTING                 25
#define KVM_CAP_IRQ_INJECT_STATUS           26
#define KVM_CAP_JOIN_MEMORY_REGIONS_WORKS   30
#define KVM_CAP_IRQFD                       32
#define KVM_CAP_IOEVENTFD                   36
#define KVM_CAP_SET_IDENTITY_MAP_ADDR       37
#define KVM_CAP_INTERNAL_ERROR_DATA         40
#define KVM_CAP_VCPU_EVENTS                 41
#define KVM_CAP_S390_PSW                    42
#define KVM_CAP_ENABLE_CAP                  54
#define KVM_CAP_MAX_VCPUS                   66
#define KVM_CAP_ONE_REG                     70
#define KVM_CAP_SYNC_REGS                   74
#define KVM_CAP_SIGNAL_MSI                  77
#define KVM_CAP_READONLY_MEM                81
#define KVM_CAP_IRQFD_RESAMPLE              82
#define KVM_CAP_DEVICE_CTRL                 89
#define KVM_CAP_IRQ_MPIC                    90
#define KVM_CAP_ENABLE_CAP_VM               98
#define KVM_CAP_IOEVENTFD_NO_LENGTH         100
#define KVM_CAP_VM_ATTRIBUTES               101
#define KVM_CAP_CHECK_EXTENSION_VM          105
#define KVM_CAP_MULTI_ADDRESS_SPACE         118
#define KVM_CAP_GUEST_DEBUG_HW_BPS          119
#define KVM_CAP_GUEST_DEBUG_HW_WPS          120
#define KVM_CAP_IOEVENTFD_ANY_LENGTH        122
#define KVM_CAP_VCPU_ATTRIBUTES             127
#define KVM_CAP_MAX_VCPU_ID                 128
#define KVM_CAP_MSI_DEVID                   131
#define KVM_CAP_IMMEDIATE_EXIT              136
#define KVM_CAP_COALESCED_PIO               162
#define KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2   168
#define KVM_CAP_HALT_POLL                   182
#define KVM_CAP_STEAL_TIME                  187
#define KVM_CAP_DIRTY_LOG_RING              192
#define KVM_CAP_SET_GUEST_DEBUG2            195
#define KVM_CAP_PTP_KVM                     198
#define KVM_CAP_EXIT_HYPERCALL              201
#define KVM_CAP_BINARY_STATS_FD             203
#define KVM_CAP_SYS_ATTRIBUTES              209
#define KVM_CAP_SYSTEM_EVENT_DATA           215
#define KVM_CAP_VM_DISABLE_NX_HUGE_PAGES    220
#define KVM_CAP_DIRTY_LOG_RING_ACQ_REL      223
#define KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP  225
#define KVM_CAP_COUNTER_OFFSET              227
#define KVM_CAP_USER_MEMORY2                231
#define KVM_CAP_MEMORY_FAULT_INFO           232
#define KVM_CAP_MEMORY_ATTRIBUTES           233
#define KVM_CAP_GUEST_MEMFD                 234
#define KVM_CAP_VM_TYPES                    235
#define KVM_CAP_PRE_FAULT_MEMORY            236

#endif
