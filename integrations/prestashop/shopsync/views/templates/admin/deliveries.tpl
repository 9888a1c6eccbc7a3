{* The lower half of the settings page. tables: the rows given up, then the newest rows *}
<div class="panel">
  <h3>{l s='Deliveries' mod='shopsync'}</h3>
  <p>{l s='Waiting' mod='shopsync'}: <strong>{$shopsync.waiting|escape:'html':'UTF-8'}</strong></p>
  {if $shopsync.at_once}
    <p>{l s='Changes are sent right after the page they were made on. A timetable (cron) sends again what failed.' mod='shopsync'}</p>
  {else}
    <p class="alert alert-warning">{l s='This server cannot send after a page is finished. Nothing is sent without a timetable (cron).' mod='shopsync'}</p>
  {/if}
  <p>{l s='For the timetable, every minute, one of' mod='shopsync'}:</p>
  <pre>php {$shopsync.script|escape:'html':'UTF-8'}</pre>
  <pre>{$shopsync.cron|escape:'html':'UTF-8'}</pre>
  {foreach from=$shopsync.tables item=rows key=number}
    {if $rows || $number}
      <h4>{if $number}{l s='The last 20' mod='shopsync'}{else}{l s='Given up; "Send now" tries them again' mod='shopsync'}{/if}</h4>
      <table class="table">
        <thead>
          <tr>
            <th>{l s='Noted' mod='shopsync'}</th>
            <th>{l s='What' mod='shopsync'}</th>
            <th>{l s='Attempts' mod='shopsync'}</th>
            <th>{l s='State' mod='shopsync'}</th>
            <th>{l s='Last answer' mod='shopsync'}</th>
          </tr>
        </thead>
        <tbody>
          {foreach from=$rows item=row}
            <tr>
              <td>{$row.created|date_format:'Y-m-d H:i:s'}</td>
              <td>{$row.entity_type|escape:'html':'UTF-8'} {$row.native_id|escape:'html':'UTF-8'} {$row.action_type|escape:'html':'UTF-8'}</td>
              <td>{$row.attempts|escape:'html':'UTF-8'}</td>
              <td>
                {if $row.sent}{l s='sent' mod='shopsync'} {$row.sent|date_format:'H:i:s'}
                {elseif $row.next_try}{l s='waits until' mod='shopsync'} {$row.next_try|date_format:'H:i:s'}
                {else}{l s='given up' mod='shopsync'}{/if}
              </td>
              <td>{if $row.tried}{$row.last_status|escape:'html':'UTF-8'} {$row.last_error|escape:'html':'UTF-8'}{/if}</td>
            </tr>
          {foreachelse}
            <tr><td colspan="5">{l s='Nothing yet.' mod='shopsync'}</td></tr>
          {/foreach}
        </tbody>
      </table>
    {/if}
  {/foreach}
</div>
