"""Inputs from which the fuzzing of each target starts, and those that once made one raise: replayed in each run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_DEEP: Final = b"[" * 600 + b"]" * 600

CORPUS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "envelope": (
        b'{"event_id":"e-1","entity_type":"customer","action_type":"updated","data":{"id":67,"newsletter":true,'
        b'"email":"a@x.test","birthday":"1990-12-31","groups":[3],"company":false,"firstname":"A\\u00e9"}}',
        b'{"event_id":"e-2","entity_type":"address","action_type":"created","data":{"id_customer":67,"alias":"Home",'
        b'"address1":"1 Main Street","city":"Paris","country":"FR","postcode":75001,"state":false}}',
        b'{"event_id":"e-3","entity_type":"order","action_type":"created","data":{"odoo_reference":"S1","id_customer":6,'
        b'"id_address_delivery":7,"lines":[{"id_product":8,"quantity":"2","price":1}],"total_paid":12.5}}',
        b'{"event_id":"e-4","entity_type":"coupon","action_type":"updated","data":{"code":"A","name":{"fr":"B"},'
        b'"reduction_percent":"10","date_from":"2026-12-31","date_to":"2026-12-31T23:59:59+02:00","quantity":1e3}}',
        b'{"event_id":"e-5","entity_type":"customer","action_type":"updated","data":{"id":1,"x":' + _DEEP + b"}}",
        b'{"event_id":"e\\u0000","entity_type":"customer","action_type":"deleted","data":{"\\u0000":"\\u0000"}}',
    ),
    "odoo_hint": (
        b'{"_action":"Send(#481)","_id":25,"_model":"res.partner","id":25,"parent_id":false,"type":"contact"}',
        b'{"_id":1,"_model":"product.template.attribute.value","ptav_product_variant_ids":[1,2]}',
        b'{"_id":1,"_model":"account.move","move_type":"entry","image_1920":false}',
        b'{"module":"sales","entity_type":"order","odoo_id":7,"action":"updated"}',
        b'{"_id":1,"_model":"stock.quant","product_id":' + _DEEP + b"}",
    ),
    "prestashop_delivery": (
        b'{"event_id":"e-1","entity_type":"customer","action_type":"updated","data":{"id":67,"email":"a@x.test"}}',
        b'{"event_id":"e-1","entity_type":"image","action_type":"created","data":{"id":"8/24","a":"\\u0000"}}',
    ),
    "woocommerce_delivery": (
        b'{"id":67,"billing":{"first_name":"","city":""},"shipping":{"city":"Paris"},"date_created_gmt":null}',
        b'{"id":10,"type":"simple","manage_stock":true,"images":[{"id":4}],"date_modified_gmt":"2026-11-21T01:19:36"}',
        b'{"id":31,"type":"variation","parent_id":12,"manage_stock":true}',
        b'{"id":7,"status":"processing","refunds":[{"id":8}]}',
        b'{"code":"rest_forbidden","message":"no","data":{"status":403}}',
        b"webhook_id=3",
        b'{"id":1,"status":[]}',
        b'{"code":"a","data":{"status":{}}}',
        b'{"id":1,"a":' + _DEEP + b"}",
    ),
    "signature": (b"v1,AAAA\n{}", b"\xc3\xa9\xff\n{}", b"v1\n", b"v1,=\n{}", b"1e999\n{}", b"v1, v1,\xe2\x82\xac\n{}"),
    "prestashop_xml": (
        b'<?xml version="1.0" encoding="UTF-8"?><prestashop><customer><id><![CDATA[3]]></id><name>'
        b'<language id="1">a]]&gt;b</language></name><associations><groups/></associations></customer></prestashop>',
        b'Notice: x<?xml version="1.0"?><prestashop><errors><error><code>18</code></error></errors></prestashop>',
        b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>',
        b'<?xml version="1.0" encoding="utf-7"?><a>+AGE-</a>',
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"\xff\xfe<\x00a\x00/\x00>\x00",
        b"<a>" * 3000 + b"</a>" * 3000,
    ),
    "odoo_jsonrpc": (
        b'\x00\x00{"jsonrpc":"2.0","id":1,"result":[{"id":7,"name":"A"}]}',
        b'\x00\x00{"jsonrpc":"2.0","id":1,"result":{"7":"a.b","ids":[1],"messages":[{"message":"no"}]}}',
        b'\x00\x00{"jsonrpc":"2.0","id":1,"result":["res.partner",7]}',
        b'\x00\x00{"jsonrpc":"2.0","id":1,"result":{"name":{"type":"char","required":true,"selection":[["a","b"]]}}}',
        b'\x00\x00{"jsonrpc":"2.0","error":{"code":200,"message":"m","data":{"name":"odoo.exceptions.UserError",'
        b'"message":"x"}}}',
    ),
    "odoo_json2": (
        b'\x00\x00[{"id":7,"name":"A"}]',
        b'\x00\x00{"uid":2,"7":"a.b"}',
        b'\x0e\x00{"name":"odoo.exceptions.AccessError","message":"x","arguments":[]}',
    ),
    "odoo_xmlrpc": (
        b'\x00\x01<?xml version="1.0"?><methodResponse><params><param><value><array><data><value><int>7</int></value>'
        b"</data></array></value></param></params></methodResponse>",
        b"\x00\x01<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>2</int></value>"
        b"</member><member><name>faultString</name><value><string>x</string></value></member></struct></value></fault>"
        b"</methodResponse>",
        b"\x00\x01<methodResponse><params><param><value><struct><member><name>7</name><value><double>1.5</double>"
        b"</value></member></struct></value></param></params></methodResponse>",
        b"\x00\x01<methodResponse><params><param><value><dateTime.iso8601>20261121T00:00:00</dateTime.iso8601></value>"
        b"</param></params></methodResponse>",
        b"\x00\x01<methodResponse><fault><value><int>1</int></value></fault></methodResponse>",
        b"\x00\x01<methodResponse><params><param><value><base64>AA==</base64></value></param></params></methodResponse>",
        b"\x00\x01<methodCall><methodName>a</methodName><params/></methodCall>",
    ),
    "odoo_hello": (
        b'\x00\x00{"jsonrpc":"2.0","id":1,"result":{"server_version":"17.0","server_version_info":[17,0,0,"final",0,""]}}',
        b'\x00\x00{"jsonrpc":"2.0","id":1,"result":2}',
        b'\x00\x00{"version":"19.0","version_info":[19,0,0,"final",0,""],"server_version":"saas~18.2+e"}',
    ),
    "prestashop_answer": (
        b'\x00\x00{"customers":[{"id":7,"email":"a@x.test"}]}',
        b"\x03\x01<?xml version='1.0'?><prestashop><customer><id>7</id></customer></prestashop>",
        b"\x0f\x01<prestashop><errors><error><code>85</code><message>property Customer->email</message></error>"
        b"</errors></prestashop>",
        b'\x0f\x00{"errors":[{"code":32,"message":"Unable to filter by this field"}]}',
        b"\x0f\x02nothing",
        b'\x0f\x00{"errors":[{"code":"' + b"9" * 5000 + b'","message":null}]}',
    ),
    "woocommerce_answer": (
        b'\x00\x00[{"id":7,"name":"A"}]',
        b'\x00\x00Notice{"id":7,"create":[{"id":1}],"update":[{"id":7,"error":{"code":"x","message":"<b>m</b>","data":'
        b'{"status":400}}}],"delete":[{}]}',
        b'\x07\x00{"code":"rest_invalid_param","message":"m","data":{"status":400,"params":{"email":"bad"}}}',
        b'\x0f\x00{"code":"term_exists","message":"m","data":{"status":400,"resource_id":7}}',
        b"\x12\x04<html>",
        b"\x0e\x05",
    ),
    "waiting_time": (
        b"Sat, 21 Nov 99999999999999999999 12:00:09 GMT",
        b"120",
        b"Wed, 21 Oct 2026 07:28:00 GMT",
        b"\xb2",
        b"9" * 5000,
        b"Mon, 01 Jan 0001 00:00:00 +2359",
    ),
    "config": (
        b'connections:\n  - {name: erp, kind: odoo, url: "https://erp.example", database: prod, username: sync,\n'
        b'     api_key: "${NAME}"}\n  - {name: shop, kind: prestashop, url: "http://s.example", api_key: "${A:-b}"}\n'
        b"links:\n  - {slug: shop, odoo: erp, shop: shop, webhook_secret: secret, modules: {prestashop: {}}}\n",
        b"a: 2026-99-99",
        b"a: \x01",
        b"? [a]\n: b",
        b"a: &a [*a]",
        b"a: !!int x",
        b"a: !!binary x",
        b"[" * 400,
        b"? {a: b}\n: c",
        b"<<: 1",
    ),
    "markup": (
        b"<p>a<br>b &amp; c</p><ul><li>d</li></ul>",
        b"<![foo",
        b"a<![endi]>b",
        b"<a <!--" * 3000,
        b"<![if x]>a<![endif]>",
        b"<!a [<!b",
        b"<script>a</b",
        b"&#xffffffff;&#55296;",
        b"<!DOCTYPE a [ <",
    ),
    "redaction": (
        b'{"password":"a","a":["https://u:p@h/?ws_key=x&token=y",{"api-key":1,"b":null}]}',
        b'{"https://u:p@h/?token=x":1}',
        _DEEP,
        b'"://:a@:b@c?token=[redacted]"',
    ),
    "conversion": (
        b'"7.50"',
        b"0",
        b'"0"',
        b"1e308",
        b'"1e999999"',
        b"[]",
        b'{"a":1}',
        b"true",
        b'"2026-11-21"',
        b'" a "',
    ),
}
