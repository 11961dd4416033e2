## SPDX-License-Identifier: MIT
## The KVM ABI: a core that knows no architecture, each architecture on top of
## it, and libkernel.a with all of them.

noinst_LIBRARIES += src/kernel/libkernel-core.a
src_kernel_libkernel_core_a_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_COMMON
src_kernel_libkernel_core_a_SOURCES = \
	src/kernel/arch.h \
	src/kernel/bus.h \
	src/kernel/by-name.c \
	src/kernel/by-name.h \
	src/kernel/caps.c \
	src/kernel/caps.h \
	src/kernel/clock-cycles.c \
	src/kernel/clock-host.c \
	src/kernel/clock-options.c \
	src/kernel/clock-options.def \
	src/kernel/coalesced.c \
	src/kernel/costs.c \
	src/kernel/decode-exits.c \
	src/kernel/decode-out.c \
	src/kernel/decode-out.h \
	src/kernel/decode-requests.c \
	src/kernel/decode.c \
	src/kernel/decode.h \
	src/kernel/device-draft.c \
	src/kernel/device.c \
	src/kernel/device.h \
	src/kernel/dirty-pages.c \
	src/kernel/dirty-pages.h \
	src/kernel/dirty-ring.c \
	src/kernel/dirty-ring.h \
	src/kernel/dirty.c \
	src/kernel/event-thread.c \
	src/kernel/event.c \
	src/kernel/event.h \
	src/kernel/eventfd.c \
	src/kernel/exits.c \
	src/kernel/fd-room.c \
	src/kernel/gate.c \
	src/kernel/inject.c \
	src/kernel/inject.h \
	src/kernel/input.h \
	src/kernel/ioctl-rows.h \
	src/kernel/ioctl.h \
	src/kernel/ioctls.def \
	src/kernel/ioeventfd.c \
	src/kernel/irq-stats.c \
	src/kernel/irq-stats.h \
	src/kernel/irq.h \
	src/kernel/irqfd.c \
	src/kernel/kernel.h \
	src/kernel/irq-trace.c \
	src/kernel/irq-trace.h \
	src/kernel/itree.c \
	src/kernel/itree.h \
	src/kernel/memslot.c \
	src/kernel/memslot.h \
	src/kernel/misuse.c \
	src/kernel/misuse.h \
	src/kernel/mmio-bus.c \
	src/kernel/proc-maps.c \
	src/kernel/proc-maps.h \
	src/kernel/quiet.c \
	src/kernel/record-file.c \
	src/kernel/record-what.c \
	src/kernel/record.c \
	src/kernel/record.h \
	src/kernel/replay-later.c \
	src/kernel/replay-wake.c \
	src/kernel/replay.c \
	src/kernel/replay.h \
	src/kernel/routing.c \
	src/kernel/stat-file.c \
	src/kernel/stat-file.h \
	src/kernel/stat-guest.c \
	src/kernel/stat-guest.h \
	src/kernel/stat-refusal.c \
	src/kernel/stat-refusal.h \
	src/kernel/stat-tree.c \
	src/kernel/stat-tree.h \
	src/kernel/stats.c \
	src/kernel/stats.h \
	src/kernel/system.c \
	src/kernel/system.h \
	src/kernel/time.h \
	src/kernel/trace-file.c \
	src/kernel/trace-filter.c \
	src/kernel/trace-line.c \
	src/kernel/trace.c \
	src/kernel/trace.h \
	src/kernel/turns-internal.h \
	src/kernel/turns-pick.c \
	src/kernel/turns-stand.c \
	src/kernel/turns-wait.c \
	src/kernel/turns.c \
	src/kernel/turns.h \
	src/kernel/vcpu-lock.c \
	src/kernel/vcpu-again.h \
	src/kernel/vcpu-lock.h \
	src/kernel/vcpu-run.c \
	src/kernel/vcpu.c \
	src/kernel/vcpu.h \
	src/kernel/vfio.c \
	src/kernel/vm-ioctl.c \
	src/kernel/vm.c \
	src/kernel/vm.h \
	src/kernel/wake.c \
	src/kernel/wake.h

noinst_LIBRARIES += src/kernel/arm64/libkernel-arm64.a
src_kernel_arm64_libkernel_arm64_a_SOURCES = \
	src/kernel/arm64/again.c \
	src/kernel/arm64/arch.c \
	src/kernel/arm64/arm64.h \
	src/kernel/arm64/attr.c \
	src/kernel/arm64/caps.c \
	src/kernel/arm64/count.c \
	src/kernel/arm64/decode-init.h \
	src/kernel/arm64/decode.c \
	src/kernel/arm64/engine.c \
	src/kernel/arm64/engine.h \
	src/kernel/arm64/exit.c \
	src/kernel/arm64/host-cpus.c \
	src/kernel/arm64/host-file.c \
	src/kernel/arm64/host-file.h \
	src/kernel/arm64/host-shipped.c \
	src/kernel/arm64/host-shipped.h \
	src/kernel/arm64/host.c \
	src/kernel/arm64/host.h \
	src/kernel/arm64/idreg.c \
	src/kernel/arm64/ioctls.def \
	src/kernel/arm64/irqline.c \
	src/kernel/arm64/linux-6-1.c \
	src/kernel/arm64/linux-6-1.h \
	src/kernel/arm64/mpidr.c \
	src/kernel/arm64/mte.c \
	src/kernel/arm64/onereg-core.c \
	src/kernel/arm64/onereg-fw.c \
	src/kernel/arm64/onereg-sysreg.c \
	src/kernel/arm64/onereg.c \
	src/kernel/arm64/onereg.h \
	src/kernel/arm64/pmu.c \
	src/kernel/arm64/pmu.h \
	src/kernel/arm64/psci.c \
	src/kernel/arm64/smccc.c \
	src/kernel/arm64/smccc.h \
	src/kernel/arm64/steal.c \
	src/kernel/arm64/sve.c \
	src/kernel/arm64/tags.c \
	src/kernel/arm64/tags.h \
	src/kernel/arm64/timer.c \
	src/kernel/arm64/timer.h \
	src/kernel/arm64/trng.c \
	src/kernel/arm64/vcpu.c \
	src/kernel/arm64/vm.c

src/kernel/arm64/host-shipped.$(OBJEXT): $(dist_hosts_DATA)
## ccache looks at what the preprocessor gives, which has .incbin's name alone.
src/kernel/arm64/host-shipped.$(OBJEXT): export CCACHE_DISABLE = 1

noinst_LIBRARIES += src/kernel/arm/libkernel-arm.a
src_kernel_arm_libkernel_arm_a_SOURCES = \
	src/kernel/arm/arch.c \
	src/kernel/arm/arm.h \
	src/kernel/arm/caps.c \
	src/kernel/arm/decode.c \
	src/kernel/arm/ioctls.def \
	src/kernel/arm/onereg-core.c \
	src/kernel/arm/onereg-cp15.c \
	src/kernel/arm/onereg-vfp.c \
	src/kernel/arm/onereg.c \
	src/kernel/arm/vcpu.c

noinst_LIBRARIES += src/kernel/ppc/libkernel-ppc.a
src_kernel_ppc_libkernel_ppc_a_CPPFLAGS = $(AM_CPPFLAGS) -DFAUXKVM_ABI_PPC
src_kernel_ppc_libkernel_ppc_a_SOURCES = \
	src/kernel/ppc/arch.c \
	src/kernel/ppc/caps.c \
	src/kernel/ppc/decode.c \
	src/kernel/ppc/e500.c \
	src/kernel/ppc/e500.h \
	src/kernel/ppc/ioctls.def \
	src/kernel/ppc/onereg.c \
	src/kernel/ppc/ppc.h \
	src/kernel/ppc/regs.c \
	src/kernel/ppc/timer.c \
	src/kernel/ppc/vcpu.c \
	src/kernel/ppc/vm.c

noinst_LIBRARIES += src/kernel/libkernel.a
src_kernel_libkernel_a_SOURCES = src/kernel/arch.c
kernel_parts = \
	$(src_kernel_arm_libkernel_arm_a_OBJECTS) \
	$(src_kernel_arm64_libkernel_arm64_a_OBJECTS) \
	$(src_kernel_ppc_libkernel_ppc_a_OBJECTS) \
	$(src_kernel_libkernel_core_a_OBJECTS)
src_kernel_libkernel_a_LIBADD = $(kernel_parts)
## Automake makes dependencies of some of them only.
EXTRA_src_kernel_libkernel_a_DEPENDENCIES = $(kernel_parts)
