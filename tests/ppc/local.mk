## SPDX-License-Identifier: MIT
## The PowerPC profile: clients that ask here and on a real kernel.
ppc_flags = -std=gnu11 -O1 -g -D_GNU_SOURCE $(WARN_CFLAGS) \
	-Wno-missing-field-initializers -I$(top_srcdir)/include
profile_programs = tests/ppc/profile.x86-64 tests/ppc/profile.ppc64le \
	tests/ppc/profile.ppc64le-static
check_DATA += $(profile_programs)
CLEANFILES += $(profile_programs)
profile_sources = tests/ppc/profile.c tests/ppc/profile-regs.c \
	tests/ppc/profile-system.c tests/ppc/profile-tlb.c \
	tests/ppc/profile-vcpu.c tests/ppc/profile-vm.c
profile_headers = tests/ppc/ppc.h tests/ppc/profile.h
EXTRA_DIST += $(profile_sources) $(profile_headers) \
	tests/ppc/profile.expected tests/ppc/ppce500.expected
tests/ppc/profile.x86-64: $(profile_sources) $(profile_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CC) $(ppc_flags) -o $@ \
		$(profile_sources:%=$(top_srcdir)/%)
tests/ppc/profile.ppc64le: $(profile_sources) $(profile_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(PPC64LE_CC) $(ppc_flags) -o $@ \
		$(profile_sources:%=$(top_srcdir)/%)
tests/ppc/profile.ppc64le-static: $(profile_sources) $(profile_headers)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(PPC64LE_CC) -static $(ppc_flags) \
		-o $@ $(profile_sources:%=$(top_srcdir)/%)
TESTS += tests/ppc/check-profile
dist_check_SCRIPTS += tests/ppc/check-profile

## The MPIC's client.
mpic_client_sources = tests/ppc/mpic-client.c tests/ppc/mpic-deliver.c \
	tests/ppc/mpic-device.c tests/ppc/mpic-int.c \
	tests/ppc/mpic-regs.c tests/ppc/mpic-stat.c tests/ppc/mpic-vm.c
check_DATA += tests/ppc/mpic-client.x86-64
CLEANFILES += tests/ppc/mpic-client.x86-64
EXTRA_DIST += $(mpic_client_sources) tests/ppc/mpic-client.h \
	tests/ppc/mpic-client.expected tests/ppc/mpic-int.expected
tests/ppc/mpic-client.x86-64: $(mpic_client_sources) tests/ppc/mpic-client.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(CC) $(ppc_flags) -o $@ \
		$(mpic_client_sources:%=$(top_srcdir)/%)
## The real kernel of tests/real-kvm-ppc.
EXTRA_DIST += tests/ppc/real-init.c tests/ppc/real-kvm.config
TESTS += tests/ppc/check-mpic tests/ppc/check-stat
dist_check_SCRIPTS += tests/ppc/check-mpic tests/ppc/check-stat tests/real-kvm-ppc
