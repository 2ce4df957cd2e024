/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zpci/log.h - the messages of the library.
 *
 * The library never prints and never exits. A function that fails returns a negative errno
 * and sends one sentence through the logger that its caller supplied: what failed, which
 * identifier (in hex), and what to do about it.
 */
#ifndef ZPCI_LOG_H
#define ZPCI_LOG_H

#ifdef __cplusplus
extern "C" {
#endif

/* How urgent a message is. A guest can cause messages of level DEBUG without limit, of the
 * other levels at most one a minute and function. */
enum zpci_log_level {
	ZPCI_LOG_ERROR,	  /* a call failed; the message explains the errno */
	ZPCI_LOG_WARNING, /* legal, but probably not what was meant */
	ZPCI_LOG_INFO,	  /* what the host did, once each */
	ZPCI_LOG_DEBUG,	  /* what the guest did: functions enabled, disabled, reset */
};

/*
 * zpci_log_fn - receives one message.
 * @opaque:  the pointer given along with the function
 * @level:   see above
 * @message: one sentence, UTF-8, no newline at its end; valid during the call only
 *
 * Called from any thread that calls into the library and from device threads, also with
 * locks of the library held: it must not call back into the library.
 */
typedef void (*zpci_log_fn)(void *opaque, enum zpci_log_level level, const char *message);

/* A logger as a value; a NULL @log discards everything. */
struct zpci_logger {
	zpci_log_fn log; /* whom to call, or NULL */
	void *opaque;	 /* its first argument */
};

#ifdef __cplusplus
}
#endif

#endif
