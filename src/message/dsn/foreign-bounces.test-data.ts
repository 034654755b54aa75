/** Bounces in the forms other servers give them, written by hand after their formats. Lines end in LF here. */

export const POSTFIX = `Return-Path: <>
From: MAILER-DAEMON@mail.arch.test (Mail Delivery System)
To: ann@arch.test
Subject: Undelivered Mail Returned to Sender
Date: Mon, 23 Nov 2026 22:00:00 +0000 (UTC)
Message-Id: <20261123220000.4F2D1A@mail.arch.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="3C4D51A.1795471200/mail.arch.test"

This is a MIME-encapsulated message.

--3C4D51A.1795471200/mail.arch.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.arch.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<nouser@nemesis.test>: host kerio.nemesis.test[10.66.0.31] said: 550 5.1.1
    <nouser@nemesis.test>: Recipient address rejected: User unknown (in reply to
    RCPT TO command)

--3C4D51A.1795471200/mail.arch.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.arch.test
Original-Envelope-Id: QQ1
X-Postfix-Queue-ID: 3C4D51A
X-Postfix-Sender: rfc822; ann@arch.test
Arrival-Date: Mon, 23 Nov 2026 21:59:58 +0000 (UTC)

Final-Recipient: rfc822; nouser@nemesis.test
Original-Recipient: rfc822;nouser@nemesis.test
Action: failed
Status: 5.1.1
Remote-MTA: dns; kerio.nemesis.test
Diagnostic-Code: smtp; 550 5.1.1 <nouser@nemesis.test>: Recipient address
 rejected: User unknown

--3C4D51A.1795471200/mail.arch.test
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <ann@arch.test>
From: ann@arch.test
To: nouser@nemesis.test
Subject: hello
Message-Id: <20261123@arch.test>

Hello.

--3C4D51A.1795471200/mail.arch.test--
`;

export const EXIM = `From: Mail Delivery System <Mailer-Daemon@exim.arch.test>
To: ann@arch.test
Auto-Submitted: auto-replied
X-Failed-Recipients: nouser@nemesis.test
Content-Type: multipart/report; report-type=delivery-status; boundary=1795471200-eximdsn-1804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--1795471200-eximdsn-1804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--1795471200-eximdsn-1804289383
Content-type: message/delivery-status

Reporting-MTA: dns; exim.arch.test

Action: failed
Final-Recipient: rfc822;nouser@nemesis.test
Status: 5.0.0
Remote-MTA: dns; kerio.nemesis.test
Diagnostic-Code: smtp; 550 no such user here

--1795471200-eximdsn-1804289383
Content-type: message/rfc822

Return-path: <ann@arch.test>
Message-Id: <E1@arch.test>
Subject: hello

Hello.

--1795471200-eximdsn-1804289383--
`;

export const EXCHANGE = `From: Microsoft Outlook <MicrosoftExchange329e71ec@arch.test>
To: <ann@arch.test>
Content-Type: multipart/report; report-type=delivery-status;
	boundary="b0d54c21-7a4c-4a8e-8a3c-9a0a6bb1a001"
MIME-Version: 1.0
Subject: Undeliverable: hello

--b0d54c21-7a4c-4a8e-8a3c-9a0a6bb1a001
Content-Type: multipart/alternative; differences=Content-Type;
	boundary="c2"

--c2
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

nouser@nemesis.test

--c2
Content-Type: text/html; charset="us-ascii"

<html><body>Delivery has failed</body></html>

--c2--

--b0d54c21-7a4c-4a8e-8a3c-9a0a6bb1a001
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.arch.test
Received-From-MTA: dns;EX01.arch.test
Arrival-Date: Mon, 23 Nov 2026 21:59:58 +0000

Original-Recipient: rfc822;nouser@nemesis.test
Final-Recipient: rfc822;<nouser@nemesis.test>
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound; not found
X-Display-Name: nouser

--b0d54c21-7a4c-4a8e-8a3c-9a0a6bb1a001
Content-Type: message/rfc822

Received: from EX01.arch.test (10.66.0.13) by EX01.arch.test
From: Ann <ann@arch.test>
Subject: hello
Message-ID: <X1@arch.test>
Content-Type: multipart/alternative; boundary="c3"

--c3
Content-Type: text/plain

Hello.

--c3--

--b0d54c21-7a4c-4a8e-8a3c-9a0a6bb1a001--
`;

export const QMAIL = `Date: 23 Nov 2026 22:00:00 -0000
From: MAILER-DAEMON@qmail.arch.test
To: ann@arch.test
Subject: failure notice

Hi. This is the qmail-send program at qmail.arch.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nouser@nemesis.test>:
10.66.0.31 does not like recipient.
Remote host said: 550 5.1.1 no mailbox here by that name
Giving up on 10.66.0.31.

--- Below this line is a copy of the message.

Return-Path: <ann@arch.test>
Received: (qmail 123 invoked from network); 23 Nov 2026 21:59:59 -0000
Message-ID: <Q1@arch.test>
Subject: hello

Hello.
`;
